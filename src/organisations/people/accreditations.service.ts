import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { checkAward, checkSupervision, moveAccreditation, stateOn } from './award.rules.js';
import { AwardVocabularies } from './award-vocabularies.js';
import { AwardsRepository } from './awards.repository.js';
import { Supervision } from './supervision.service.js';
import { aboutAward, aboutPerson, PersonChanges, type OpenedPerson } from './person-changes.js';
import type { AccreditationDto } from './person.dto.js';
import type { AccreditationEntity } from './person.entity.js';
import { toAccreditationView, type AccreditationView } from './person.view.js';

/** Recorded by one who knows the person, verified by a platform_admin: only then an accreditation counts. */
@Injectable()
export class Accreditations {
  // eslint-disable-next-line max-params -- what a slice needs, the vocabularies and the two ports
  constructor(
    private readonly database: Database,
    private readonly awards: AwardsRepository,
    private readonly changes: PersonChanges,
    private readonly vocabularies: AwardVocabularies,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    private readonly supervision: Supervision,
    private readonly idempotency: Idempotency,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  async record(
    principal: Principal,
    personId: string,
    dto: AccreditationDto,
    key?: string,
  ): Promise<AccreditationView> {
    const route = `POST people/${personId}/accreditations`;
    const call = { principalId: principal.personId, route, key, body: { ...dto } };
    const id = await this.changes.changeOfAnother(
      principal,
      personId,
      'person:accredit',
      (tx, opened) =>
        this.idempotency.once(tx, call, () => this.insert(tx, principal, opened, dto)),
    );
    return this.view(personId, id);
  }

  async verify(principal: Principal, personId: string, id: string): Promise<AccreditationView> {
    await this.changes.changeOfAnother(
      principal,
      personId,
      'person:verify_accreditation',
      async (tx, opened) => {
        const row = await this.load(tx, personId, id);
        const state = moveAccreditation(stateOn(row, opened.today), 'verify');
        await this.requireSupervisor(tx, row, opened.today);
        const auditEventId = await this.audit.record(tx, 'accreditation.verified', {
          ...aboutPerson(principal, opened, { type: 'accreditation', id }),
          reasonCodes: [row.scheme],
        });
        const verifiedBy = principal.personId;
        await this.awards.moveAccreditation(tx, id, { state, verifiedBy, auditEventId });
      },
    );
    return this.view(personId, id);
  }

  /**
   * Ends, in the same transaction, every grant that required it and that no other accreditation covers. One person is
   * enough, since it stops access.
   */
  async withdraw(
    principal: Principal,
    personId: string,
    id: string,
    reason: string,
  ): Promise<AccreditationView> {
    const operation = 'person:verify_accreditation';
    await this.changes.change(principal, personId, operation, async (tx, opened) => {
      const row = await this.load(tx, personId, id);
      const state = moveAccreditation(stateOn(row, opened.today), 'withdraw');
      const auditEventId = await this.audit.record(tx, 'accreditation.withdrawn', {
        ...aboutPerson(principal, opened, { type: 'accreditation', id }),
        reasonCodes: [row.scheme],
        reasonText: reason,
      });
      await this.awards.moveAccreditation(tx, id, { state, auditEventId });
      if (row.state === 'verified') {
        const { scheme } = row;
        const cause = { code: 'accreditation_lapsed', personId, scheme } as const;
        await this.cascade.apply(tx, ...(await this.supervision.following(tx, cause)));
      }
    });
    return this.view(personId, id);
  }

  private async insert(
    tx: Tx,
    principal: Principal,
    opened: OpenedPerson,
    { scheme, number, awardedOn, expiresOn, supervisorId }: AccreditationDto,
  ): Promise<string> {
    const personId = opened.person.id;
    const award = { code: scheme, awardedOn, expiresOn };
    checkAward(this.vocabularies.accreditation, award, opened.today, 'scheme');
    checkSupervision(scheme, personId, supervisorId);
    const id = this.ids.next();
    const row = { id, personId, scheme, number, awardedOn, expiresOn };
    const supervised = { ...row, supervisorId: supervisorId ?? null };
    await this.requireSupervisor(tx, supervised, opened.today);
    const auditEventId = await this.audit.record(tx, 'accreditation.recorded', {
      ...aboutAward(principal, opened, { type: 'accreditation', id }),
      changedPaths: [`/accreditations/${scheme}`],
    });
    const fresh = { state: 'recorded', verifiedBy: null, auditEventId } as const;
    await this.awards.insertAccreditation(tx, { ...supervised, ...fresh });
    return id;
  }

  private async requireSupervisor(
    tx: Tx,
    { personId, supervisorId }: Pick<AccreditationEntity, 'personId' | 'supervisorId'>,
    today: string,
  ): Promise<void> {
    if (
      supervisorId !== null &&
      !(await this.awards.maySupervise(tx, supervisorId, personId, today))
    ) {
      const reason = 'must hold a verified dea_full in an organisation of the person';
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/supervisorId', reason }] });
    }
  }

  private async load(
    manager: Database['manager'],
    personId: string,
    id: string,
  ): Promise<AccreditationEntity> {
    const row = await this.awards.findAccreditation(manager, personId, id);
    if (!row) {
      throw new ConcordatError('not_found');
    }
    return row;
  }

  private async view(personId: string, id: string): Promise<AccreditationView> {
    const row = await this.load(this.database.manager, personId, id);
    return toAccreditationView(row, londonDay(this.clock.now()));
  }
}
