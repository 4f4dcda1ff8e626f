import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { aboutDataset, DatasetChanges } from '../dataset-changes.service.js';
import { DatasetEdits } from '../dataset-edits.service.js';
import type { DatasetEntity } from '../dataset.entity.js';
import { DatasetsRepository } from '../datasets.repository.js';
import { confirmedChanges } from './confirmation.rules.js';
import { PROPOSAL_DAYS } from './profile-limits.js';
import type { ConfirmProfileDto } from './profile.dto.js';
import { ProfileRepository, type StoredProfile } from './profile.repository.js';
import { toProfileView, type ProfileView } from './profile.view.js';

const DAY_MS = 86_400_000;

/** The owner's side: asks for a profile, sees what it proposes, and makes it the description. */
@Injectable()
export class Profiles {
  // eslint-disable-next-line max-params -- what a slice needs, the edits that a confirmation is, and the two ports
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetsRepository,
    private readonly profiles: ProfileRepository,
    private readonly changes: DatasetChanges,
    private readonly edits: DatasetEdits,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Asks for one, in the place of the one before; one that is under way goes on. */
  async start(principal: Principal, datasetId: string): Promise<ProfileView> {
    await this.changes.change(principal, datasetId, 'dataset:profile', async (tx, dataset) => {
      const storeId = requireReadable(dataset);
      await this.changes.requireReadyStore(tx, storeId);
      const requestedAt = this.clock.now();
      if ((await this.profiles.find(tx, datasetId, requestedAt))?.status === 'due') {
        return;
      }
      const about = aboutDataset(principal, dataset);
      const auditEventId = await this.audit.record(tx, 'dataset.profile-requested', about);
      const expiresAt = new Date(requestedAt.getTime() + PROPOSAL_DAYS * DAY_MS);
      const profile = { id: this.ids.next(), datasetId, requestedAt, expiresAt };
      await this.profiles.ask(tx, profile, auditEventId);
    });
    return this.get(principal, datasetId);
  }

  /** @throws ConcordatError `not_found` also when there is none, or its time is over. */
  async get(principal: Principal, datasetId: string): Promise<ProfileView> {
    const { dataset, profile } = await this.load(principal, datasetId);
    return toProfileView(profile, dataset);
  }

  /**
   * Makes the proposal, as the owner corrected it, the description: one transaction, one event, and the proposal is gone.
   * @param ifMatch the ETag of the dataset that was read.
   * @throws ConcordatError `precondition_failed` (412) also where another profile took its place
   */
  async confirm(
    principal: Principal,
    datasetId: string,
    dto: ConfirmProfileDto,
    ifMatch: string,
  ): Promise<void> {
    const { dataset, profile } = await this.load(principal, datasetId);
    const { proposal } = profile;
    if (profile.id !== dto.profileId) {
      throw new ConcordatError('precondition_failed');
    }
    if (proposal === null) {
      throw new ConcordatError('transition_not_allowed', { from: profile.status, move: 'confirm' });
    }
    const changes = confirmedChanges(dataset, proposal, dto);
    await this.edits.edit(principal, datasetId, changes, ifMatch, async (tx) => {
      if (!(await this.profiles.take(tx, profile.id, this.clock.now()))) {
        throw new ConcordatError('precondition_failed');
      }
    });
  }

  private async load(
    principal: Principal,
    datasetId: string,
  ): Promise<{ readonly dataset: DatasetEntity; readonly profile: StoredProfile }> {
    const { manager } = this.database;
    const dataset = await this.datasets.find(manager, datasetId);
    if (!dataset) {
      throw new ConcordatError('not_found');
    }
    const organisationIds = [dataset.organisationId];
    this.authorisation.require(principal, 'dataset:profile', { organisationIds });
    const profile = await this.profiles.find(manager, datasetId, this.clock.now());
    if (!profile) {
      throw new ConcordatError('not_found');
    }
    return { dataset, profile };
  }
}

function requireReadable({ status, storeId }: DatasetEntity): string {
  if (status === 'withdrawn' || storeId === null) {
    const detail = 'Only data that lies in a store and is not withdrawn is looked at.';
    throw new ConcordatError('transition_not_allowed', { from: status, move: 'profile', detail });
  }
  return storeId;
}
