import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { ConcordatError, type FieldError } from '../kernel/errors.js';
import { londonDay } from '../kernel/london-day.js';
import type { Tx } from '../platform/database/database.js';
import { readVocabularies } from './catalogue-vocabularies.js';
import { checkDescription } from './dataset-description.rules.js';
import type { DatasetDto } from './dataset.dto.js';
import { DatasetsRepository } from './datasets.repository.js';
import { DescribedThings, type OwnStore } from './described-things.repository.js';
import type { Viewer } from './visibility.repository.js';

/** Judges a description, of a new dataset or of one that is changed: by itself, then against what it names. */
@Injectable()
export class DescriptionChecks {
  private readonly vocabularies = readVocabularies();

  constructor(
    private readonly datasets: DatasetsRepository,
    private readonly things: DescribedThings,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** What it says by itself. @throws ConcordatError `input_invalid` (422) naming each fault */
  checkWords(dto: DatasetDto): void {
    checkDescription(dto, { ...this.vocabularies, today: londonDay(this.clock.now()) });
  }

  /**
   * What it names: store, population, steward, other datasets. What its organisation does not see is as if it were absent.
   * @param id of the dataset, when it is there already.
   * @throws ConcordatError `input_invalid` (422)
   */
  async checkThings(tx: Tx, dto: DatasetDto, id?: string): Promise<void> {
    const viewer = { organisationIds: [dto.organisationId], now: this.clock.now() };
    const faults = [
      ...(await this.storeFaults(tx, dto)),
      ...(await this.populationFaults(tx, dto, viewer, id)),
      ...(await this.stewardFaults(tx, dto)),
      ...(await this.linkFaults(tx, dto, viewer, id)),
    ];
    if (faults.length > 0) {
      throw new ConcordatError('input_invalid', { errors: faults });
    }
  }

  // A store of somebody else and one that is not there get the same answer (law 3).
  private async storeFaults(tx: Tx, dto: DatasetDto): Promise<FieldError[]> {
    const stores = await this.things.storesOf(tx, dto.organisationId, dto.storeId);
    const store = stores.find(({ id }) => id === dto.storeId);
    if (dto.storeId !== undefined && store === undefined) {
      return [{ pointer: '/storeId', reason: 'names no store of the organisation' }];
    }
    return [
      ...(store?.status === 'retired'
        ? [{ pointer: '/storeId', reason: 'names a retired store' }]
        : []),
      ...addressesOf(dto)
        .filter(([, address]) => stores.some((one) => liesIn(one, address)))
        .map(([pointer]) => ({
          pointer,
          reason: 'is in a store of the organisation: name storeId',
        })),
    ];
  }

  private async populationFaults(
    tx: Tx,
    { populationId }: DatasetDto,
    viewer: Viewer,
    id?: string,
  ): Promise<FieldError[]> {
    if (populationId === undefined || populationId === id) {
      return [];
    }
    const first = await this.datasets.findVisible(tx, populationId, viewer);
    const reason = 'names no population that the organisation can see';
    return first?.populationId === populationId ? [] : [{ pointer: '/populationId', reason }];
  }

  private async stewardFaults(
    tx: Tx,
    { organisationId, steward }: DatasetDto,
  ): Promise<FieldError[]> {
    const personId = steward?.personId;
    const today = londonDay(this.clock.now());
    return personId === undefined ||
      (await this.things.isMember(tx, personId, organisationId, today))
      ? []
      : [{ pointer: '/steward/personId', reason: 'is no member of the organisation' }];
  }

  private async linkFaults(
    tx: Tx,
    { related }: DatasetDto,
    viewer: Viewer,
    id?: string,
  ): Promise<FieldError[]> {
    const ids = related.map(({ datasetId }) => datasetId);
    const visible = await this.datasets.visibleAmong(tx, ids, viewer);
    const keys = related.map(({ datasetId, kind }) => `${kind} ${datasetId}`);
    return related.flatMap(({ datasetId }, at) => {
      const base = `/related/${String(at)}`;
      if (datasetId === id || !visible.has(datasetId)) {
        return [{ pointer: `${base}/datasetId`, reason: 'names no other dataset that is seen' }];
      }
      return keys.indexOf(keys[at] ?? '') === at ? [] : [{ pointer: base, reason: 'stands twice' }];
    });
  }
}

function addressesOf({ landingPage, distributions }: DatasetDto): readonly [string, string][] {
  const all = [
    ['/landingPage', landingPage],
    ...distributions.flatMap(({ downloadUrl, accessUrl }, at) => [
      [`/distributions/${String(at)}/downloadUrl`, downloadUrl],
      [`/distributions/${String(at)}/accessUrl`, accessUrl],
    ]),
  ];
  return all.filter((one): one is [string, string] => one[1] !== undefined);
}

// R8.7: the bucket stands in the path or before the host, as the store addresses it or does not.
function liesIn({ hosts, bucket }: OwnStore, address: string): boolean {
  const { hostname, pathname } = new URL(address);
  return hosts.some(
    (host) =>
      hostname === `${bucket}.${host}` ||
      (hostname === host && pathname.split('/')[1] === encodeURIComponent(bucket)),
  );
}
