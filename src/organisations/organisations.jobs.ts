import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { Approvals } from './approvals/approvals.service.js';
import { DueDelegations } from './delegations/due-delegations.service.js';
import { InvitationEnds } from './invitations/invitation-ends.js';
import { DueLapses } from './lapses/due-lapses.service.js';

const EVERY_MS = 5_000;

/** Every 5 s: writes what ended by date, of people, organisations, deputies, proposals and invitations (R3.25). */
@Injectable()
export class OrganisationsJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: readonly RepeatedJob[];

  constructor(
    lapses: DueLapses,
    delegations: DueDelegations,
    approvals: Approvals,
    invitations: InvitationEnds,
  ) {
    this.jobs = [
      new RepeatedJob('lapse_sweep_failed', EVERY_MS, (signal) => lapses.sweep(signal)),
      new RepeatedJob('delegation_sweep_failed', EVERY_MS, () => delegations.sweep()),
      new RepeatedJob('approval_sweep_failed', EVERY_MS, () => approvals.lapseDue()),
      new RepeatedJob('invitation_sweep_failed', EVERY_MS, () => invitations.expireDue()),
    ];
  }

  onApplicationBootstrap(): void {
    for (const job of this.jobs) {
      job.start();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.jobs.map((job) => job.stop()));
  }
}
