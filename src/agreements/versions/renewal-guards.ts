import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';
import type { DraftTerms } from '../terms/terms.types.js';

/** Refuses a renewal of this agreement by throwing. */
export type RenewalGuard = (tx: Tx, agreement: AgreementVersion) => Promise<void>;

/** What slices below agreements hold against a renewal, a certificate that is still owed for one: they register it at boot. */
@Injectable()
export class RenewalGuards {
  private readonly guards: RenewalGuard[] = [];

  register(guard: RenewalGuard): void {
    this.guards.push(guard);
  }

  /** What ends later than the version before it is a renewal, whatever it is called. */
  async requireFreeToEnd(tx: Tx, base: AgreementVersion, { endsOn }: DraftTerms): Promise<void> {
    const isLonger = (endsOn ?? '') > (base.terms.endsOn ?? '');
    if (isLonger || base.endedAt !== null) {
      await this.requireFree(tx, base);
    }
  }

  async requireFree(tx: Tx, agreement: AgreementVersion): Promise<void> {
    for (const guard of this.guards) {
      await guard(tx, agreement);
    }
  }
}
