import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Cascade } from '../cascade/cascade.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import { DatasetChanges, aboutDataset } from './dataset-changes.service.js';
import type { DatasetEntity } from './dataset.entity.js';
import {
  moveDataset,
  requireSealable,
  sealNow,
  stopsAccess,
  type DatasetMove,
} from './dataset.rules.js';
import { DatasetViews } from './dataset-views.service.js';
import {
  toDatasetSummary,
  type DatasetSummary,
  type DatasetView,
  type OwnDatasetView,
} from './dataset.view.js';
import { DatasetsRepository } from './datasets.repository.js';
import { Viewers } from './viewers.service.js';
import { WatchingRepository } from './watching/watching.repository.js';

const EVENTS = {
  publish: 'dataset.published',
  freeze: 'dataset.frozen',
  unfreeze: 'dataset.unfrozen',
  withdraw: 'dataset.withdrawn',
} as const satisfies Record<DatasetMove, string>;

/** Datasets: seeing them, and their life. */
@Injectable()
export class DatasetsService {
  // eslint-disable-next-line max-params -- what a slice needs, the manifests and the clock
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetsRepository,
    private readonly views: DatasetViews,
    private readonly watching: WatchingRepository,
    private readonly changes: DatasetChanges,
    private readonly viewers: Viewers,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `not_found` for what the caller may not see, as if it were absent. */
  async get(principal: Principal, id: string): Promise<DatasetView | OwnDatasetView> {
    const { manager } = this.database;
    const dataset = await this.datasets.findVisible(manager, id, this.viewers.of(principal));
    if (!dataset) {
      throw new ConcordatError('not_found');
    }
    return this.views.of(principal, dataset, this.viewers.of(principal));
  }

  /** To somebody who is not signed in. @throws ConcordatError `not_found` for what is not public. */
  async getPublic(id: string): Promise<DatasetView> {
    const viewer = this.viewers.of(undefined);
    const dataset = await this.datasets.findVisible(this.database.manager, id, viewer);
    if (!dataset) {
      throw new ConcordatError('not_found');
    }
    return this.views.public(dataset, viewer);
  }

  /** Of an organisation, those that the caller may see, newest first. @param after the id that the page before ended with. */
  async listOf(
    principal: Principal,
    organisationId: string,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<readonly DatasetSummary[]> {
    const { manager } = this.database;
    const viewer = this.viewers.of(principal);
    const rows = await this.datasets.listOf(manager, viewer, organisationId, page);
    return rows.map(toDatasetSummary);
  }

  /** Of an organisation, those that the caller may see and that are not withdrawn, by how they may be had. */
  async countOf(
    principal: Principal,
    organisationId: string,
  ): Promise<{ readonly open: number; readonly shared: number; readonly closed: number }> {
    const { manager } = this.database;
    return this.datasets.countByAccess(manager, this.viewers.of(principal), organisationId);
  }

  /** Into the catalogue. The worker seals the manifest of a `files` dataset; until then it is not available (R3.21). */
  async publish(principal: Principal, id: string): Promise<DatasetView> {
    return this.move(principal, id, 'publish');
  }

  /** Ends, in the same transaction, every grant on the dataset. */
  async freeze(principal: Principal, id: string, reason: string): Promise<DatasetView> {
    return this.move(principal, id, 'freeze', reason);
  }

  /** Restores no grant (R3.16). */
  async unfreeze(principal: Principal, id: string, reason: string): Promise<DatasetView> {
    return this.move(principal, id, 'unfreeze', reason);
  }

  /** For good, with its grants. The note stays for whoever looks for it. */
  async withdraw(principal: Principal, id: string, forwardingNote: string): Promise<DatasetView> {
    return this.move(principal, id, 'withdraw', forwardingNote);
  }

  /** Asks the worker for a new version. The one before keeps its manifest: running grants pin it (GD-31). */
  async seal(principal: Principal, id: string): Promise<DatasetView> {
    await this.changes.change(principal, id, 'dataset:seal', async (tx, dataset) => {
      const storeId = requireSealable(dataset);
      await this.changes.requireReadyStore(tx, storeId);
      const auditEventId = await this.audit.record(tx, 'dataset.updated', {
        ...aboutDataset(principal, dataset),
        changedPaths: ['/sealedVersion'],
      });
      await this.datasets.update(tx, id, { ...sealNow(this.clock.now()), auditEventId });
    });
    return this.get(principal, id);
  }

  private async move(
    principal: Principal,
    id: string,
    move: DatasetMove,
    reasonText?: string,
  ): Promise<DatasetView> {
    await this.changes.change(principal, id, `dataset:${move}`, async (tx, dataset) => {
      const status = moveDataset(dataset.status, move);
      if (move === 'publish' && dataset.storeId !== null) {
        await this.changes.requireReadyStore(tx, dataset.storeId);
      }
      const auditEventId = await this.audit.record(tx, EVENTS[move], {
        ...aboutDataset(principal, dataset),
        ...(reasonText === undefined ? {} : { reasonText }),
      });
      const alongside = this.alongside(move, dataset, reasonText);
      await this.datasets.update(tx, id, { ...alongside, status, auditEventId });
      if (move === 'unfreeze') {
        await this.watching.forget(tx, id, this.clock.now());
      }
      if (stopsAccess(move)) {
        await this.cascade.apply(tx, { code: 'dataset_stopped', datasetId: id });
      }
    });
    return this.get(principal, id);
  }

  private alongside(move: DatasetMove, { kind, storeId }: DatasetEntity, note?: string) {
    const now = this.clock.now();
    if (move === 'withdraw') {
      return { forwardingNote: note ?? null, sealDueAt: null, sealClaim: null };
    }
    const isSealed = kind === 'files' && storeId !== null;
    return move === 'publish' ? { publishedAt: now, ...(isSealed ? sealNow(now) : {}) } : {};
  }
}
