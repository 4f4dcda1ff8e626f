import { Inject, Injectable } from '@nestjs/common';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { londonDay } from '../kernel/london-day.js';
import { Database } from '../platform/database/database.js';
import { DatasetLinks } from './dataset-links.repository.js';
import type { DatasetEntity } from './dataset.entity.js';
import {
  toDatasetView,
  toOwnDatasetView,
  type DatasetView,
  type OwnDatasetView,
  type ShownBeside,
  type StewardView,
} from './dataset.view.js';
import { DatasetsRepository } from './datasets.repository.js';
import { DescribedThings } from './described-things.repository.js';
import { toVersionView } from './versions/version.view.js';
import { DatasetVersionsRepository } from './versions/versions.repository.js';
import { SealingRepository } from './sealing/sealing.repository.js';
import type { Viewer } from './visibility.repository.js';
import { WatchingRepository } from './watching/watching.repository.js';

/** The newest; `GET …/versions` lists all of them. */
const MAX_VERSIONS = 10;

/** One dataset as its reader may see it. */
@Injectable()
export class DatasetViews {
  // eslint-disable-next-line max-params -- each of the things that stand beside a dataset
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetsRepository,
    private readonly links: DatasetLinks,
    private readonly things: DescribedThings,
    private readonly versions: DatasetVersionsRepository,
    private readonly sealing: SealingRepository,
    private readonly watching: WatchingRepository,
    private readonly authorisation: Authorisation,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @param dataset that the viewer may see. */
  async of(
    principal: Principal,
    dataset: DatasetEntity,
    viewer: Viewer,
  ): Promise<DatasetView | OwnDatasetView> {
    const { manager } = this.database;
    const { id, organisationId } = dataset;
    // Where it lies, and what was sealed there, is for whoever may see the store it lies in.
    const resource = { organisationIds: [organisationId] };
    const isStoreSeen = this.authorisation.allows(principal, 'store:read', resource);
    const beside = await this.besideOf(dataset, viewer, isStoreSeen);
    if (!isStoreSeen) {
      return toDatasetView(dataset, beside);
    }
    const manifest = await this.sealing.findManifest(manager, id, dataset.sealedVersion);
    const feed = await this.watching.status(manager, id);
    return toOwnDatasetView(dataset, beside, manifest, feed);
  }

  /** Never where it lies, whoever asks. */
  async public(dataset: DatasetEntity, viewer: Viewer): Promise<DatasetView> {
    return toDatasetView(dataset, await this.besideOf(dataset, viewer, false));
  }

  private async besideOf(
    dataset: DatasetEntity,
    viewer: Viewer,
    isStoreSeen: boolean,
  ): Promise<ShownBeside> {
    const { manager } = this.database;
    const isOwn = viewer.organisationIds.includes(dataset.organisationId);
    const versions = await this.versions.list(manager, dataset.id, null, MAX_VERSIONS);
    return {
      versions: versions.map((row) => toVersionView(row, isStoreSeen)),
      distributions: await this.datasets.findDistributions(manager, dataset.id),
      related: await this.links.related(manager, dataset.id, viewer),
      steward: await this.stewardOf(dataset, isOwn),
    };
  }

  private async stewardOf(
    { organisationId, stewardPersonId, stewardContact: contact }: DatasetEntity,
    isOwn: boolean,
  ): Promise<StewardView | null> {
    const name =
      isOwn && stewardPersonId !== null
        ? await this.nameOf(stewardPersonId, organisationId)
        : undefined;
    const person =
      stewardPersonId !== null && name !== undefined ? { id: stewardPersonId, name } : null;
    return contact === null && person === null ? null : { contact, person };
  }

  private nameOf(personId: string, organisationId: string): Promise<string | null | undefined> {
    const today = londonDay(this.clock.now());
    return this.things.memberName(this.database.manager, personId, organisationId, today);
  }
}
