import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import type { Json } from '../kernel/canonical-json.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Idempotency } from '../platform/database/idempotency.js';
import { takeLocks } from '../platform/database/locks.js';
import { aboutDataset, lockOfPlace } from './dataset-changes.service.js';
import { DatasetLinks } from './dataset-links.repository.js';
import type { DatasetDto, DistributionDto } from './dataset.dto.js';
import type { DatasetEntity } from './dataset.entity.js';
import { DatasetsRepository } from './datasets.repository.js';
import { describedIn, distributionIn, linksIn } from './described.js';
import { DescriptionChecks } from './description-checks.service.js';

/** Takes a new dataset in as a draft: its description is whole, and what it names is there. */
@Injectable()
export class DatasetRegistration {
  // eslint-disable-next-line max-params -- what a slice needs, the checks, the links and the ids
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetsRepository,
    private readonly links: DatasetLinks,
    private readonly checks: DescriptionChecks,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * @param alongside what else happens in the transaction.
   * @returns the new dataset's id.
   * @throws ConcordatError `input_invalid` (422) naming each field, also for a store of another organisation.
   */
  async register(
    principal: Principal,
    dto: DatasetDto,
    key?: string,
    alongside: () => Promise<void> = () => Promise.resolve(),
  ): Promise<string> {
    this.authorisation.require(principal, 'dataset:register', {
      organisationIds: [dto.organisationId],
    });
    checkNew(dto.distributions);
    this.checks.checkWords(dto);
    const call = { principalId: principal.personId, route: 'POST datasets', key };
    // The DTO is made of classes; its text has only what was sent.
    const body = JSON.parse(JSON.stringify(dto)) as Json;
    return this.database.transaction((tx) =>
      this.idempotency.once(tx, { ...call, body }, async () => {
        const id = await this.insert(tx, principal, dto);
        await alongside();
        return id;
      }),
    );
  }

  private async insert(tx: Tx, principal: Principal, dto: DatasetDto): Promise<string> {
    const id = this.ids.next();
    await takeLocks(tx, 'exclusive', [lockOfPlace({ id, storeId: dto.storeId ?? null })]);
    await this.checks.checkThings(tx, dto);
    const about = aboutDataset(principal, { id, organisationId: dto.organisationId });
    const auditEventId = await this.audit.record(tx, 'dataset.registered', about);
    const distributions = dto.distributions.map((distribution) => ({
      ...distributionIn(distribution),
      id: this.ids.next(),
      datasetId: id,
      removedAt: null,
      auditEventId,
    }));
    await this.datasets.insert(tx, newDataset(dto, id, auditEventId), distributions);
    await this.links.replace(tx, id, linksIn(dto, id, auditEventId));
    return id;
  }
}

function newDataset(dto: DatasetDto, id: string, auditEventId: string): DatasetEntity {
  return {
    ...describedIn(dto, id),
    id,
    status: 'draft',
    forwardingNote: null,
    publishedAt: null,
    originSourceId: null,
    originIdentifier: null,
    originFetchedAt: null,
    originVanishedAt: null,
    sealedVersion: null,
    sealDueAt: null,
    sealClaim: null,
    sealFault: null,
    auditEventId,
  };
}

function checkNew(distributions: readonly DistributionDto[]): void {
  const errors = distributions.flatMap(({ id }, at) =>
    id === undefined
      ? []
      : [{ pointer: `/distributions/${String(at)}/id`, reason: 'is given to it, not by you' }],
  );
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}
