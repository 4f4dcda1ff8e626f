import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import type { Json } from '../kernel/canonical-json.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { londonDay } from '../kernel/london-day.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Idempotency } from '../platform/database/idempotency.js';
import { takeLocks } from '../platform/database/locks.js';
import { readVocabularies } from './catalogue-vocabularies.js';
import { aboutDataset } from './dataset-changes.service.js';
import { checkDescription } from './dataset-description.rules.js';
import type { DatasetDto, DistributionDto } from './dataset.dto.js';
import type { DatasetEntity, DistributionEntity } from './dataset.entity.js';
import { DatasetsRepository } from './datasets.repository.js';

const BY_AGREEMENT = 'DATA_SHARE_AGREEMENT';

/** Takes a new dataset in as a draft: its description is whole, its place is one in the owner's own store. */
@Injectable()
export class DatasetRegistration {
  private readonly vocabularies = readVocabularies();

  // eslint-disable-next-line max-params -- four collaborators, the idempotency table and the two ports
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetsRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * @returns the new dataset's id.
   * @throws ConcordatError `input_invalid` (422) naming each field, also for a store of another organisation.
   */
  async register(principal: Principal, dto: DatasetDto, key?: string): Promise<string> {
    this.authorisation.require(principal, 'dataset:register', {
      organisationIds: [dto.organisationId],
    });
    checkDescription(dto, { ...this.vocabularies, today: londonDay(this.clock.now()) });
    const call = { principalId: principal.personId, route: 'POST datasets', key };
    // The DTO is made of classes; its text has only what was sent.
    const body = JSON.parse(JSON.stringify(dto)) as Json;
    return this.database.transaction((tx) =>
      this.idempotency.once(tx, { ...call, body }, () => this.insert(tx, principal, dto)),
    );
  }

  private async insert(tx: Tx, principal: Principal, dto: DatasetDto): Promise<string> {
    await takeLocks(tx, 'exclusive', [{ kind: 'store', id: dto.storeId }]);
    await this.checkStore(tx, dto);
    await this.checkPopulation(tx, dto);
    const id = this.ids.next();
    const about = aboutDataset(principal, { id, organisationId: dto.organisationId });
    const auditEventId = await this.audit.record(tx, 'dataset.registered', about);
    const distributions = dto.distributions.map((distribution) =>
      this.newDistribution(distribution, id, auditEventId),
    );
    await this.datasets.insert(tx, newDataset(dto, id, auditEventId), distributions);
    return id;
  }

  // A store of somebody else and one that is not there get the same answer (law 3).
  private async checkStore(tx: Tx, { storeId, organisationId }: DatasetDto): Promise<void> {
    const store = await this.datasets.findStore(tx, storeId);
    if (store?.organisationId !== organisationId) {
      refuse('/storeId', 'names no store of the organisation');
    }
    if (store.status === 'retired') {
      refuse('/storeId', 'names a retired store');
    }
  }

  private async checkPopulation(
    tx: Tx,
    { populationId, organisationId }: DatasetDto,
  ): Promise<void> {
    if (populationId === undefined) {
      return;
    }
    const viewer = { organisationIds: [organisationId], now: this.clock.now() };
    const first = await this.datasets.findVisible(tx, populationId, viewer);
    if (first?.populationId !== populationId) {
      refuse('/populationId', 'names no population that the organisation can see');
    }
  }

  private newDistribution(
    { title, mediaType, path, byteSize, modified, disclosesLocation }: DistributionDto,
    datasetId: string,
    auditEventId: string,
  ): DistributionEntity {
    return {
      id: this.ids.next(),
      datasetId,
      title,
      mediaType,
      path,
      byteSize: byteSize === undefined ? null : String(byteSize),
      modified: modified === undefined ? null : new Date(modified),
      disclosesLocation,
      removedAt: null,
      auditEventId,
    };
  }
}

function newDataset(dto: DatasetDto, id: string, auditEventId: string): DatasetEntity {
  return {
    id,
    organisationId: dto.organisationId,
    title: dto.title,
    description: dto.description,
    publisher: dto.publisher,
    contact: dto.contact,
    access: dto.access,
    accessReason: dto.accessReason ?? null,
    sensitivity: dto.sensitivity,
    tags: dto.tags,
    kind: dto.kind,
    frequency: dto.frequency ?? null,
    fields: dto.fields.map((field) => ({ ...field })),
    populationId: dto.populationId ?? id,
    storeId: dto.storeId,
    prefix: dto.prefix,
    keywords: dto.keywords,
    theme: dto.theme ?? null,
    spatial: dto.spatial ?? null,
    temporal: dto.temporal ? { ...dto.temporal } : null,
    licence: dto.licence ?? BY_AGREEMENT,
    visibility: dto.visibility,
    status: 'draft',
    forwardingNote: null,
    sealedVersion: null,
    sealDueAt: null,
    sealClaim: null,
    sealFault: null,
    auditEventId,
  };
}

function refuse(pointer: string, reason: string): never {
  throw new ConcordatError('input_invalid', { errors: [{ pointer, reason }] });
}
