import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { HarvestSources } from './harvest-sources.service.js';
import type { HarvestChange } from './harvest.types.js';
import {
  toEntryView,
  toRunView,
  type HarvestEntryView,
  type HarvestRunView,
} from './harvest.view.js';
import { RunsRepository, type RunRow } from './runs.repository.js';

/** What readings of a source found, for those who may read of the source. */
@Injectable()
export class HarvestReports {
  constructor(
    private readonly database: Database,
    private readonly sources: HarvestSources,
    private readonly runs: RunsRepository,
  ) {}

  /** Newest first. */
  async list(
    principal: Principal,
    sourceId: string,
    before: string | null,
    limit: number,
  ): Promise<HarvestRunView[]> {
    await this.sources.get(principal, sourceId);
    const rows = await this.runs.list(this.database.manager, sourceId, before, limit);
    return rows.map(toRunView);
  }

  async get(principal: Principal, sourceId: string, runId: string): Promise<HarvestRunView> {
    return toRunView(await this.load(principal, sourceId, runId));
  }

  async entries(
    principal: Principal,
    run: { readonly sourceId: string; readonly runId: string },
    change: HarvestChange | null,
    page: { readonly after: number; readonly limit: number },
  ): Promise<HarvestEntryView[]> {
    await this.load(principal, run.sourceId, run.runId);
    const { manager } = this.database;
    const rows = await this.runs.entries(manager, run.runId, change, page.after, page.limit);
    return rows.map(toEntryView);
  }

  private async load(principal: Principal, sourceId: string, runId: string): Promise<RunRow> {
    await this.sources.get(principal, sourceId);
    const run = await this.runs.find(this.database.manager, runId);
    if (run?.sourceId !== sourceId) {
      throw new ConcordatError('not_found');
    }
    return run;
  }
}
