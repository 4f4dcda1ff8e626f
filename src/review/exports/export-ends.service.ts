import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { SubjectKeys } from '../../platform/secrets/subject-keys.js';
import { ExportClaimsRepository } from './export-claims.repository.js';
import { LISTED_MS } from './export-limits.js';
import type { ExportEnd } from './export.types.js';

/** How exports end: their content is deleted, and their key destroyed, so that no backup gives it back either. */
@Injectable()
export class ExportEnds {
  constructor(
    private readonly database: Database,
    private readonly claims: ExportClaimsRepository,
    private readonly keys: SubjectKeys,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @param claim given, only while it is held. */
  async end(
    id: string,
    status: 'failed' | 'expired',
    reason: ExportEnd,
    claim: string | null = null,
  ): Promise<void> {
    const hasEnded = await this.database.transaction((tx) =>
      this.claims.end(tx, id, status, reason, claim),
    );
    if (hasEnded) {
      await this.settle(id);
    }
  }

  /** True when somebody in it was erased since it was asked for; then it has ended. */
  async endIfErased(id: string): Promise<boolean> {
    const [found] = await this.claims.findErased(this.database.manager, id);
    if (found !== undefined) {
      await this.end(found, 'expired', 'person_erased');
    }
    return found !== undefined;
  }

  /** Ends what is past its day, or of somebody who was erased, and finishes what a dead process left. */
  async sweep(signal: AbortSignal = new AbortController().signal): Promise<void> {
    const { manager } = this.database;
    const now = this.clock.now();
    const due = [
      ...(await this.claims.findPastExpiry(manager, now)).map((id) => [id, 'past_expiry'] as const),
      ...(await this.claims.findErased(manager, null)).map((id) => [id, 'person_erased'] as const),
    ];
    for (const [id, reason] of due) {
      signal.throwIfAborted();
      await this.end(id, 'expired', reason);
    }
    for (const id of await this.claims.findUnsettled(manager)) {
      await this.settle(id);
    }
    await this.claims.forget(manager, new Date(now.getTime() - LISTED_MS));
  }

  private async settle(id: string): Promise<void> {
    await this.keys.destroy(id);
    await this.claims.settle(this.database.manager, id, this.clock.now());
  }
}
