import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Principal } from '../identity/principal.js';
import { canonicalDigest, type Json } from '../kernel/canonical-json.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { isUuid } from '../kernel/ids.js';
import { changedMembers, mergeMembers } from '../kernel/members.js';
import type { Tx } from '../platform/database/database.js';
import { requireMatch } from '../platform/web/if-match.js';
import { validationPipe } from '../platform/web/validation.js';
import { aboutDataset, DatasetChanges } from './dataset-changes.service.js';
import { checkFixed } from './dataset-edits.rules.js';
import { DatasetLinks } from './dataset-links.repository.js';
import { DatasetDto } from './dataset.dto.js';
import type { DatasetEntity } from './dataset.entity.js';
import { sealNow } from './dataset.rules.js';
import { etagOf } from './dataset.view.js';
import { DatasetsRepository } from './datasets.repository.js';
import { descriptionOf, describedIn, linksIn } from './described.js';
import { DescriptionChecks } from './description-checks.service.js';
import { DistributionEdits } from './distribution-edits.service.js';

/** What the owner changes of a description. */
@Injectable()
export class DatasetEdits {
  // eslint-disable-next-line max-params -- what a slice needs, the checks, the links, the distributions and the clock
  constructor(
    private readonly changes: DatasetChanges,
    private readonly datasets: DatasetsRepository,
    private readonly links: DatasetLinks,
    private readonly distributions: DistributionEdits,
    private readonly checks: DescriptionChecks,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * The named members take new values; `null` takes one out. The whole is judged as a new dataset is. A dataset in no store
   * gets one by `storeId` and `prefix`, once.
   * @param ifMatch the ETag of the dataset that was read.
   * @param alongside what else happens in the transaction, whether anything changes or not.
   * @throws ConcordatError `precondition_failed` (412), `transition_not_allowed`, or `input_invalid` that names each field
   */
  async edit(
    principal: Principal,
    id: string,
    changes: Readonly<Record<string, unknown>>,
    ifMatch: string,
    alongside: (tx: Tx, isChanged: boolean) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const { storeId } = changes;
    const newStoreId = typeof storeId === 'string' && isUuid(storeId) ? storeId : undefined;
    const work = async (tx: Tx, dataset: DatasetEntity): Promise<void> => {
      await alongside(tx, await this.editIn(tx, principal, dataset, changes, ifMatch));
    };
    await this.changes.change(principal, id, 'dataset:update', work, newStoreId);
  }

  /** @returns false when everything is as it was. */
  private async editIn(
    tx: Tx,
    principal: Principal,
    dataset: DatasetEntity,
    changes: Readonly<Record<string, unknown>>,
    ifMatch: string,
  ): Promise<boolean> {
    requireMatch(ifMatch, etagOf(dataset));
    const { id, status } = dataset;
    if (status === 'withdrawn') {
      throw new ConcordatError('transition_not_allowed', { from: status, move: 'edit' });
    }
    if (dataset.originSourceId !== null) {
      const detail = 'Another catalogue says this: it is changed there, and read from there.';
      throw new ConcordatError('transition_not_allowed', { from: status, move: 'edit', detail });
    }
    checkFixed(dataset, changes);
    const distributions = await this.datasets.findDistributions(tx, id);
    const before = descriptionOf(dataset, distributions, await this.links.find(tx, id));
    const dto = await this.read(mergeMembers(before, changes));
    await this.checks.checkThings(tx, dto, id);
    const after = JSON.parse(JSON.stringify(dto)) as Readonly<Record<string, unknown>>;
    const changedPaths = changedMembers(before, after);
    if (changedPaths.length === 0) {
      return false;
    }
    const about = aboutDataset(principal, dataset);
    const auditEventId = await this.audit.record(tx, 'dataset.updated', {
      ...about,
      beforeHash: canonicalDigest(before as Json),
      afterHash: canonicalDigest(after as Json),
      changedPaths,
    });
    const store = await this.storeGiven(tx, dataset, dto);
    await this.datasets.update(tx, id, { ...describedIn(dto, id), ...store, auditEventId });
    await this.links.replace(tx, id, linksIn(dto, id, auditEventId));
    await this.distributions.apply(tx, about, distributions, dto.distributions);
    return true;
  }

  // What comes into the catalogue with a store is read from it: it must be proven, as it must be for publishing.
  private async storeGiven(
    tx: Tx,
    { storeId, status, kind }: DatasetEntity,
    given: DatasetDto,
  ): Promise<Partial<DatasetEntity>> {
    if (storeId !== null || given.storeId === undefined || status === 'draft') {
      return {};
    }
    await this.changes.requireReadyStore(tx, given.storeId);
    return kind === 'files' ? sealNow(this.clock.now()) : {};
  }

  private async read(merged: Readonly<Record<string, unknown>>): Promise<DatasetDto> {
    const dto = (await validationPipe.transform(merged, {
      type: 'body',
      metatype: DatasetDto,
    })) as DatasetDto;
    this.checks.checkWords(dto);
    return dto;
  }
}
