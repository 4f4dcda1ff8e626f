import {
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RepeatedJob } from '../jobs/repeated-job.js';
import { KeyRotation } from './key-rotation.service.js';

const EVERY_MS = 60_000;

@Injectable()
class SigningJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: RepeatedJob;

  constructor(rotation: KeyRotation) {
    this.job = new RepeatedJob('key_rotation_failed', EVERY_MS, () => rotation.turn());
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}

/** For the worker alone: changes signing keys when their time has come. */
@Module({ providers: [SigningJobs] })
export class SigningJobsModule {}
