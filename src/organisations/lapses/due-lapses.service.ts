import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import type { Cause } from '../../cascade/cause.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { tryLock } from '../../platform/database/locks.js';
import { Supervision } from '../people/supervision.service.js';
import { PeopleRepository } from '../people/people.repository.js';
import { DueLapsesRepository, LAPSE_KINDS, type DueLapse } from './lapses.repository.js';

const AT_ONCE = 100;

const LAPSED = {
  accreditation: 'accreditation.lapsed',
  training: 'training.lapsed',
  organisation_check: 'organisation.check-lapsed',
  membership: 'membership.ended',
  membership_role: 'membership.role-removed',
} as const;

/**
 * What people and organisations lose by date alone. Every gate compares dates itself (R3.25): this writes, once each, what
 * has come to pass, and ends in the same transaction what rested on it.
 */
@Injectable()
export class DueLapses {
  private readonly log = new Logger(DueLapses.name);

  // eslint-disable-next-line max-params -- rows, events and cascade, and the clock
  constructor(
    private readonly database: Database,
    private readonly lapses: DueLapsesRepository,
    private readonly people: PeopleRepository,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    private readonly supervision: Supervision,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** One transaction each; one that fails is logged and stops no other. @returns how many lapsed. */
  async sweep(signal?: AbortSignal): Promise<number> {
    const today = londonDay(this.clock.now());
    let lapsed = 0;
    for (const kind of LAPSE_KINDS) {
      for (const due of await this.lapses.findDue(this.database.manager, kind, today, AT_ONCE)) {
        lapsed += signal?.aborted !== true && (await this.tryLapse(due, today)) ? 1 : 0;
      }
    }
    return lapsed;
  }

  private async tryLapse(due: DueLapse, today: string): Promise<boolean> {
    try {
      return await this.lapse(due, today);
    } catch (error) {
      const { kind, id } = due;
      this.log.error({ msg: 'A lapse failed', code: 'lapse_failed', kind, id, err: error });
      return false;
    }
  }

  // Under the lock that an issue of a grant takes shared; whatever holds it now is left for the next sweep.
  private async lapse(seen: DueLapse, today: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const kind = seen.kind === 'organisation_check' ? 'organisation' : 'person';
      const due = (await tryLock(tx, { kind, id: seen.subjectId }))
        ? await this.lapses.find(tx, seen, today)
        : undefined;
      if (!due) {
        return false;
      }
      const auditEventId = await this.audit.record(tx, LAPSED[due.kind], {
        ...BROKER_ACTOR,
        organisationIds: await this.organisationsOf(tx, due, today),
        ...targetOf(due),
        ...(kind === 'person' ? { alsoAbout: [due.subjectId] } : {}),
      });
      await this.lapses.write(tx, due, this.clock.now(), auditEventId);
      if (due.counted) {
        await this.cascade.apply(tx, ...(await this.supervision.following(tx, causeOf(due))));
      }
      return true;
    });
  }

  private async organisationsOf(tx: Tx, due: DueLapse, today: string): Promise<readonly string[]> {
    switch (due.kind) {
      case 'membership':
      case 'membership_role':
        return [due.code];
      case 'organisation_check':
        return [due.subjectId];
      case 'accreditation':
      case 'training':
        return this.people.organisationsOf(tx, due.subjectId, today);
    }
  }
}

// A role is of its membership, as when somebody takes it away.
function targetOf({ kind, id, code, role }: DueLapse) {
  if (role) {
    const reasonCodes = [role.name, 'ends_on'];
    return { targetType: 'membership', targetId: role.membershipId, reasonCodes };
  }
  return {
    targetType: kind,
    targetId: id,
    reasonCodes: [kind === 'membership' ? 'ends_on' : code],
  };
}

function causeOf({ kind, subjectId, code, role }: DueLapse): Cause {
  switch (kind) {
    case 'accreditation':
      return { code: 'accreditation_lapsed', personId: subjectId, scheme: code };
    case 'training':
      return { code: 'training_lapsed', personId: subjectId, course: code };
    case 'organisation_check':
      return { code: 'organisation_check_lapsed', organisationId: subjectId, kind: code };
    case 'membership':
    case 'membership_role':
      return role
        ? { code: 'role_ended', personId: subjectId, organisationId: code, role: role.name }
        : { code: 'membership_ended', personId: subjectId, organisationId: code };
  }
}
