import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { RepeatedJob } from '../../platform/jobs/repeated-job.js';
import { LEASE_MS, OpenStreamsRepository } from '../stream/open-streams.repository.js';
import { LiveStreams } from './live-streams.js';

const EVERY_MS = LEASE_MS / 4;

/** Says for each of this node's streams that somebody is still there to write its end. */
@Injectable()
export class LeaseRenewal implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly job = new RepeatedJob('stream_leases_failed', EVERY_MS, () => this.renew());

  constructor(
    private readonly streams: LiveStreams,
    private readonly openStreams: OpenStreamsRepository,
    private readonly database: Database,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }

  async renew(): Promise<void> {
    const ids = this.streams.streamIds();
    if (ids.length > 0) {
      const leaseUntil = new Date(this.clock.now().getTime() + LEASE_MS);
      await this.database.transaction((tx) => this.openStreams.renew(tx, ids, leaseUntil));
    }
  }
}
