import { Injectable } from '@nestjs/common';
import type { Affected } from '../../../cascade/cascade.service.js';
import { ImpactPreview } from '../../../grants/impact/impact-preview.service.js';
import type { StopQuestion } from '../../../grants/impact/impact.rules.js';
import type { Tx } from '../../../platform/database/database.js';
import { Things } from '../things.repository.js';
import type { Reader } from '../reports.service.js';
import { seenGrantsStatement, toldStatement, type ToldRow } from './impact.repository.js';

export interface FoundImpact {
  readonly affected: readonly Affected[];
  readonly told: readonly ToldRow[];
  readonly isComplete: boolean;
  /** What the organisations and datasets in it are called. */
  readonly names: ReadonlyMap<string, string>;
}

/** What an officer may know of what would end: of their own things, and of what ends for them with others' (R5.8). */
@Injectable()
export class ImpactFinding {
  constructor(
    private readonly previews: ImpactPreview,
    private readonly things: Things,
  ) {}

  /** @returns undefined where there is no such thing, or none of it is the reader's. */
  async find(tx: Tx, question: StopQuestion, reader: Reader): Promise<FoundImpact | undefined> {
    const subject = await this.previews.find(tx, question);
    if (!subject) {
      return undefined;
    }
    const { affected, isComplete } = await this.previews.of(tx, question, subject, reader.sees);
    const seen = await this.seen(tx, affected, reader);
    const { type, id } = question;
    const stopping = {
      type,
      id,
      agreementId: subject.agreementId,
      grantIds: seen.map((one) => one.id),
    };
    const { sql, params } = toldStatement(stopping, reader);
    const told = await tx.query<ToldRow[]>(sql, params);
    const isOwn =
      reader.sees === null || reader.sees.some((one) => subject.organisationIds.includes(one));
    if (!isOwn && seen.length === 0 && told.length === 0) {
      return undefined;
    }
    const named = seen.flatMap(({ organisationId, datasetId }) => [organisationId, datasetId]);
    const names = await this.things.namesOf(tx, named);
    return { affected: seen, told, isComplete, names };
  }

  private async seen(
    tx: Tx,
    affected: readonly Affected[],
    reader: Reader,
  ): Promise<readonly Affected[]> {
    const ids = affected.map(({ id }) => id);
    const { sql, params } = seenGrantsStatement(ids, reader);
    const rows = await tx.query<{ id: string }[]>(sql, params);
    const shown = new Set(rows.map(({ id }) => id));
    return affected.filter(({ id }) => shown.has(id));
  }
}
