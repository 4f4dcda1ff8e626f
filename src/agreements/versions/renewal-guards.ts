import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database.js';

/** Refuses a renewal of this agreement by throwing. */
export type RenewalGuard = (tx: Tx, agreementId: string) => Promise<void>;

/** What slices below agreements hold against a renewal, a certificate that is still owed for one: they register it at boot. */
@Injectable()
export class RenewalGuards {
  private readonly guards: RenewalGuard[] = [];

  register(guard: RenewalGuard): void {
    this.guards.push(guard);
  }

  async requireFree(tx: Tx, agreementId: string): Promise<void> {
    for (const guard of this.guards) {
      await guard(tx, agreementId);
    }
  }
}
