import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actorFields } from '../../identity/actor.js';
import { officeFields } from '../../identity/deputy.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { endOfDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion, Party } from '../agreement.types.js';
import { AgreementGate, participantIds } from '../lifecycle/agreement-gate.js';
import { NoticeMail } from './notice-mail.js';
import { hasRun, requireNoNotice, takesEffectAt, type Notice } from './notice.rules.js';
import { NoticeEffects } from './notice-effects.service.js';
import { NoticesRepository } from './notices.repository.js';

interface Actor {
  readonly organisationId: string;
  readonly role: string;
}

/** What the notice is of, judged and locked by the caller. */
interface Subject {
  readonly agreement: AgreementVersion;
  readonly actor: Actor;
  /** Who leaves; absent when the agreement ends. */
  readonly party?: Party;
}

interface Given extends Pick<Notice, 'act' | 'reason'> {
  /** Of an act of two people (R3.10). */
  readonly approval?: { readonly id: string; readonly proposedBy: string };
}

/** Notice before an agreement ends or a party leaves: the broker keeps it, tells the others, and waits for its day. */
@Injectable()
export class Notices {
  // eslint-disable-next-line max-params -- its rows, event and mail, what carries it out, and a port
  constructor(
    private readonly gate: AgreementGate,
    private readonly repository: NoticesRepository,
    private readonly mail: NoticeMail,
    private readonly effects: NoticeEffects,
    private readonly audit: AuditService,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @throws ConcordatError `conflict` when notice was given already. */
  async give(
    tx: Tx,
    principal: Principal,
    { agreement, actor, party }: Subject,
    { act, reason, approval }: Given,
  ): Promise<void> {
    const partyId = party?.id ?? null;
    requireNoNotice(agreement, partyId);
    const now = this.gate.now();
    const notice: Notice = {
      id: this.ids.next(),
      act,
      partyId,
      organisationId: actor.organisationId,
      reason,
      approvalId: approval?.id ?? null,
      proposedBy: approval?.proposedBy ?? null,
      givenBy: principal.personId,
      givenAt: now.toISOString(),
      takesEffectAt: takesEffectAt(agreement.terms.noticeDays ?? 0, now).toISOString(),
    };
    const auditEventId = await this.audit.record(tx, 'notice.sent', {
      ...noticeEvent(principal, agreement, actor, notice),
      approvalId: approval?.id,
      proposedByPersonId: approval?.proposedBy,
      reasonText: reason,
    });
    const { id: agreementId } = agreement;
    await this.repository.insert(tx, {
      ...notice,
      agreementId,
      auditEventId,
    });
    await this.setEnd(tx, agreement, notice.partyId, notice.takesEffectAt);
    await this.mail.tell(tx, agreement, notice, 'sent');
    if (hasRun(notice, now)) {
      await this.effects.carryOut(tx, { ...agreement, notices: [notice] }, notice);
    }
  }

  /** By the organisation that gave it, whoever of it may give such notice, until it takes effect. */
  async takeBack(
    tx: Tx,
    principal: Principal,
    { agreementId, noticeId }: { readonly agreementId: string; readonly noticeId: string },
    reason: string,
  ): Promise<void> {
    const agreement = await this.gate.lockVersion(tx, principal, agreementId);
    const notice = agreement.notices.find(({ id }) => id === noticeId);
    if (!notice) {
      throw new ConcordatError('not_found');
    }
    const role = officeOf(principal, notice);
    this.gate.allow(principal, agreement, 'notice:take_back', role !== undefined);
    const now = this.gate.now();
    if (hasRun(notice, now)) {
      const { takesEffectAt: at } = notice;
      const detail = `The notice took effect at ${at}.`;
      throw new ConcordatError('transition_not_allowed', {
        status: 'ended',
        act: 'take_back',
        detail,
      });
    }
    const actor = { organisationId: notice.organisationId, role: role ?? '' };
    const auditEventId = await this.audit.record(tx, 'notice.taken-back', {
      ...noticeEvent(principal, agreement, actor, notice),
      reasonText: reason,
    });
    await this.repository.settle(tx, agreementId, notice.partyId, auditEventId);
    await this.setEnd(tx, agreement, notice.partyId, null);
    await this.mail.tell(tx, agreement, notice, 'taken-back');
  }

  private async setEnd(
    tx: Tx,
    agreement: AgreementVersion,
    partyId: string | null,
    endsAt: string | null,
  ): Promise<void> {
    if (partyId !== null) {
      await this.repository.setPartyEnd(tx, partyId, endsAt);
    } else if (endsAt !== null) {
      await this.repository.shorten(tx, agreement);
    } else if (agreement.terms.endsOn !== undefined) {
      await this.repository.lengthen(tx, agreement, endOfDay(agreement.terms.endsOn));
    }
  }
}

/** A party leaves by its signatory; what the lead gives notice of is its signatory's and its dpo's. */
function officeOf({ memberships }: Principal, { act, organisationId }: Notice) {
  const offices = act === 'withdraw' ? (['signatory'] as const) : (['signatory', 'dpo'] as const);
  const own = memberships.filter((membership) => membership.organisationId === organisationId);
  return offices.find((office) => own.some(({ roles }) => roles.includes(office)));
}

// No agreementVersion: that is in the notice's row, and an event has sixteen fields.
function noticeEvent(
  principal: Principal,
  agreement: AgreementVersion,
  { organisationId, role }: Actor,
  { act, partyId, takesEffectAt: at }: Notice,
) {
  return {
    ...actorFields(principal, organisationId),
    ...officeFields(principal, organisationId, role),
    organisationIds: participantIds(agreement),
    agreementId: agreement.id,
    partyId: partyId ?? undefined,
    reasonCodes: [act, `takes_effect_at:${at}`],
  };
}
