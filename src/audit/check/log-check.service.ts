import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { AuditService } from '../audit.service.js';
import type { Checkpoint } from '../log/checkpoint.js';
import { LogHalt } from '../publisher/log-halt.js';
import { LogHalts } from '../publisher/log-halts.service.js';
import { LogParts } from '../publisher/log-parts.js';
import { TrailCheck } from './trail-check.service.js';
import { WholeLog, type OnProgress } from './whole-log.js';

/**
 * Whether the database and the published log are the same, from the first event on, and events say what they committed to: an
 * event when it is so, else a halt.
 */
@Injectable()
export class LogCheck {
  constructor(
    @Inject(LogParts) private readonly parts: LogParts,
    private readonly halts: LogHalts,
    private readonly audit: AuditService,
    private readonly database: Database,
    private readonly trail: TrailCheck,
  ) {}

  /**
   * @returns what was verified.
   * @throws LogHalt, after the log is halted for it.
   */
  async run(onProgress: OnProgress): Promise<Checkpoint> {
    try {
      const verified = await this.look(onProgress);
      await this.record(verified);
      return verified;
    } catch (error) {
      if (error instanceof LogHalt) {
        await this.halts.halt(error);
      }
      throw error;
    }
  }

  private async look(onProgress: OnProgress): Promise<Checkpoint> {
    const { checkSession, tiles, head } = this.parts;
    try {
      // Each event is compared twice: what is published of it, and what it says here.
      const verified = await new WholeLog(checkSession, tiles, head).check((more, total) => {
        onProgress(more, total * 2n);
      });
      await this.trail.check(verified.size, (more) => {
        onProgress(more, verified.size * 2n);
      });
      return verified;
    } finally {
      await checkSession.close();
    }
  }

  private async record({ size, root }: Checkpoint): Promise<void> {
    await this.database.transaction((tx) =>
      this.audit.record(tx, 'log.verified', {
        actorKind: 'broker',
        organisationIds: [],
        targetType: 'log',
        count: Number(size),
        afterHash: root.toString('base64'),
      }),
    );
  }
}
