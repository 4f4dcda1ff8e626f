import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { RenewalGuards } from '../../agreements/versions/renewal-guards.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { ClosuresRepository } from './closures.repository.js';

/** An agreement goes on only when what it was used for is closed: an owed certificate blocks its renewal. */
@Injectable()
export class RenewalBlock implements OnModuleInit {
  constructor(
    private readonly guards: RenewalGuards,
    private readonly closures: ClosuresRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** While it is in force only what is overdue blocks: a project that ended in time need not be closed yet. */
  onModuleInit(): void {
    this.guards.register(async (tx, { id, status }) => {
      const owed = await this.closures.owed(tx, id, this.clock.now());
      if (owed === 'overdue' || (owed === 'due' && status !== 'active')) {
        const detail = 'A certificate of destruction or return is still owed under this agreement.';
        throw new ConcordatError('closure_overdue', { detail });
      }
    });
  }
}
