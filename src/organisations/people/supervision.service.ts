import { Injectable } from '@nestjs/common';
import type { Cause } from '../../cascade/cause.js';
import type { Database, Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { AwardsRepository } from './awards.repository.js';
import { SUPERVISED, SUPERVISING } from './award.rules.js';

/** A provisional accreditation rests on its supervisor: what ends the one ends the other (domain.md, vocabulary `accreditation`). */
@Injectable()
export class Supervision {
  constructor(private readonly awards: AwardsRepository) {}

  /**
   * The cause, and the lapses that follow from it, for one call of the cascade. Takes the lock of each person supervised:
   * an issue to one of them waits, or is waited for.
   */
  async following(tx: Tx, cause: Cause): Promise<readonly Cause[]> {
    const lapses = await this.lapsesAfter(tx, cause);
    const people = lapses.flatMap((lapse) => ('personId' in lapse ? [lapse.personId] : [])).sort();
    await takeLocks(
      tx,
      'exclusive',
      people.map((id) => ({ kind: 'person', id }) as const),
    );
    return [cause, ...lapses];
  }

  /** The lapses that would follow from a cause. Whether something else still covers them, the cascade asks itself. */
  async lapsesAfter(manager: Database['manager'], cause: Cause): Promise<readonly Cause[]> {
    if (!endsSupervision(cause)) {
      return [];
    }
    const people = await this.awards.supervisedBy(manager, cause.personId);
    return people.map((personId) => ({
      code: 'accreditation_lapsed',
      personId,
      scheme: SUPERVISED,
    }));
  }
}

function endsSupervision(cause: Cause): cause is Extract<Cause, { personId: string }> {
  return (
    (cause.code === 'accreditation_lapsed' && cause.scheme === SUPERVISING) ||
    cause.code === 'membership_ended' ||
    cause.code === 'person_suspended'
  );
}
