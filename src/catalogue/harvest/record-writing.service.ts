import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { canonicalDigest, type Json } from '../../kernel/canonical-json.js';
import { Clock } from '../../kernel/clock.js';
import { IdFactory } from '../../kernel/ids.js';
import { changedMembers } from '../../kernel/members.js';
import type { Tx } from '../../platform/database/database.js';
import type { DatasetDto } from '../dataset.dto.js';
import { DatasetsRepository } from '../datasets.repository.js';
import { descriptionOf, describedIn, distributionIn } from '../described.js';
import { DistributionEdits } from '../distribution-edits.service.js';
import { keepForms } from './kept-forms.rules.js';

/** Writes a record of another catalogue as a dataset of ours: in the catalogue at once, in no store, so that nobody is granted it. */
@Injectable()
export class RecordWriting {
  constructor(
    private readonly datasets: DatasetsRepository,
    private readonly distributions: DistributionEdits,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @returns the new dataset's id. */
  async add(
    tx: Tx,
    origin: { readonly sourceId: string; readonly identifier: string },
    dto: DatasetDto,
  ): Promise<string> {
    const id = this.ids.next();
    const now = this.clock.now();
    const about = aboutRecord({ id, organisationId: dto.organisationId });
    await this.audit.record(tx, 'dataset.registered', {
      ...about,
      afterHash: canonicalDigest(JSON.parse(JSON.stringify(dto)) as Json),
    });
    const reasonCodes = ['harvested'];
    const auditEventId = await this.audit.record(tx, 'dataset.published', {
      ...about,
      reasonCodes,
    });
    const distributions = dto.distributions.map((distribution) => ({
      ...distributionIn(distribution),
      id: this.ids.next(),
      datasetId: id,
      removedAt: null,
      auditEventId,
    }));
    const dataset = {
      ...describedIn(dto, id),
      id,
      status: 'published' as const,
      forwardingNote: null,
      publishedAt: now,
      originSourceId: origin.sourceId,
      originIdentifier: origin.identifier,
      originFetchedAt: now,
      originVanishedAt: null,
      sealedVersion: null,
      sealDueAt: null,
      sealClaim: null,
      sealFault: null,
      auditEventId,
    };
    await this.datasets.insert(tx, dataset, distributions);
    return id;
  }

  /** What the source says now. What stayed the same of it keeps its id. @returns which members changed. */
  async change(tx: Tx, id: string, dto: DatasetDto): Promise<readonly string[]> {
    const dataset = await this.datasets.find(tx, id);
    if (!dataset) {
      return [];
    }
    const forms = await this.datasets.findDistributions(tx, id);
    const before = descriptionOf(dataset, forms, []);
    const distributions = keepForms(forms, dto.distributions);
    const after = JSON.parse(JSON.stringify({ ...dto, distributions })) as typeof before;
    const changedPaths = changedMembers({ ...before, related: [] }, after);
    const about = aboutRecord(dataset);
    const auditEventId = await this.audit.record(tx, 'dataset.updated', {
      ...about,
      beforeHash: canonicalDigest(before as Json),
      afterHash: canonicalDigest(after as Json),
      changedPaths,
    });
    const originFetchedAt = this.clock.now();
    await this.datasets.update(tx, id, { ...describedIn(dto, id), originFetchedAt, auditEventId });
    await this.distributions.apply(tx, about, forms, distributions);
    return changedPaths;
  }

  /** It is there again. */
  async bringBack(
    tx: Tx,
    dataset: { readonly id: string; readonly organisationId: string },
    runId: string,
  ): Promise<void> {
    const auditEventId = await this.audit.record(tx, 'dataset.origin-returned', {
      ...aboutRecord(dataset),
      reasonCodes: [runId],
    });
    await this.datasets.update(tx, dataset.id, { originVanishedAt: null, auditEventId });
  }
}

/** The fields of every event that a harvest causes about a dataset. */
export function aboutRecord({ id, organisationId }: { id: string; organisationId: string }) {
  return {
    ...BROKER_ACTOR,
    organisationIds: [organisationId],
    targetType: 'dataset',
    targetId: id,
    datasetId: id,
  };
}
