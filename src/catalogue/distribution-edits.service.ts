import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { changedMembers } from '../kernel/members.js';
import type { Tx } from '../platform/database/database.js';
import type { EventInput } from '../audit/event-preparation.js';
import type { DistributionDto } from './dataset.dto.js';
import type { DistributionEntity } from './dataset.entity.js';
import { DatasetsRepository } from './datasets.repository.js';
import { distributionIn, distributionOf } from './described.js';

/** Of whichever of the three it is: the fields that they share. */
type About = EventInput<'dataset.distribution-removed'> & { readonly datasetId: string };

/** The forms of a dataset become what its owner says they are: each that comes, changes or goes with its own event. */
@Injectable()
export class DistributionEdits {
  constructor(
    private readonly datasets: DatasetsRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @throws ConcordatError `input_invalid` (422) for an id of no form of this dataset */
  async apply(
    tx: Tx,
    about: About,
    before: readonly DistributionEntity[],
    wanted: readonly DistributionDto[],
  ): Promise<void> {
    const known = new Map(before.map((one) => [one.id, one]));
    checkIds(known, wanted);
    for (const dto of wanted) {
      const old = known.get(dto.id ?? '');
      await (old ? this.change(tx, about, old, dto) : this.add(tx, about, dto));
    }
    const kept = new Set(wanted.map(({ id }) => id));
    for (const old of before.filter(({ id }) => !kept.has(id))) {
      const auditEventId = await this.audit.record(tx, 'dataset.distribution-removed', about);
      const removedAt = this.clock.now();
      await this.datasets.updateDistribution(tx, { ...old, removedAt, auditEventId });
    }
  }

  private async change(
    tx: Tx,
    about: About,
    old: DistributionEntity,
    dto: DistributionDto,
  ): Promise<void> {
    const changed = { ...old, ...distributionIn(dto) };
    const changedPaths = changedMembers(distributionOf(old), distributionOf(changed));
    if (changedPaths.length > 0) {
      const event = { ...about, changedPaths };
      const auditEventId = await this.audit.record(tx, 'dataset.distribution-changed', event);
      await this.datasets.updateDistribution(tx, { ...changed, auditEventId });
    }
  }

  private async add(tx: Tx, about: About, dto: DistributionDto): Promise<void> {
    const auditEventId = await this.audit.record(tx, 'dataset.distribution-added', about);
    await this.datasets.insertDistributions(tx, [
      {
        ...distributionIn(dto),
        id: this.ids.next(),
        datasetId: about.datasetId,
        removedAt: null,
        auditEventId,
      },
    ]);
  }
}

function checkIds(
  known: ReadonlyMap<string, DistributionEntity>,
  wanted: readonly DistributionDto[],
): void {
  const ids = wanted.map(({ id }) => id);
  const errors = ids.flatMap((id, at) => {
    const pointer = `/distributions/${String(at)}/id`;
    if (id !== undefined && !known.has(id)) {
      return [{ pointer, reason: 'is no form of this dataset' }];
    }
    return id !== undefined && ids.indexOf(id) !== at ? [{ pointer, reason: 'stands twice' }] : [];
  });
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}
