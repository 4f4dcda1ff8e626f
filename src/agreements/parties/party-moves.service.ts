import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import type { Cause } from '../../cascade/cause.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion, Party } from '../agreement.types.js';
import { hasAgreed } from '../lifecycle/activation.rules.js';
import { Abandonment } from '../lifecycle/abandonment.service.js';
import { brokerEvent } from '../lifecycle/agreement-gate.js';
import { NoticesRepository } from '../notices/notices.repository.js';
import { PartiesRepository } from './parties.repository.js';
import { hasLeft, isJoining, moveParty, type PartyStatus } from './party-lifecycle.rules.js';

/** What the broker does to parties: they come into force with a version, or lapse when they did not sign it. */
@Injectable()
export class PartyMoves {
  constructor(
    private readonly repository: PartiesRepository,
    private readonly notices: NoticesRepository,
    private readonly abandonment: Abandonment,
    private readonly cascade: Cascade,
    private readonly audit: AuditService,
  ) {}

  /**
   * The parties of a version that comes into force now.
   * @param base the version before it; parties that the new one does not name lapse.
   * @returns what lapsed: for the caller to end, together with what the version itself ends.
   */
  async enter(
    tx: Tx,
    agreement: AgreementVersion,
    base: AgreementVersion | undefined,
  ): Promise<readonly Cause[]> {
    await this.repository.adopt(tx, agreement.parties);
    const lapsed: Cause[] = [];
    for (const party of agreement.parties) {
      lapsed.push(...(await this.settle(tx, agreement, party)));
    }
    return base ? [...lapsed, ...(await this.drop(tx, agreement, base))] : lapsed;
  }

  /** A party that has signed comes into force, whatever its row said until now. */
  async activate(tx: Tx, agreement: AgreementVersion, { id }: Party): Promise<void> {
    const status = moveParty('signed', 'activate');
    const auditEventId = await this.audit.record(tx, 'party.activated', {
      ...brokerEvent(agreement),
      partyId: id,
    });
    await this.repository.setStatus(tx, id, status, auditEventId);
  }

  /** Ends every grant that the party provides or holds, and none of anybody else's. */
  async stop(
    tx: Tx,
    agreement: AgreementVersion,
    party: Party,
    { status, auditEventId }: { readonly status: PartyStatus; readonly auditEventId: string },
  ): Promise<void> {
    await this.repository.setStatus(tx, party.id, status, auditEventId);
    if (hasLeft(status)) {
      await this.notices.settle(tx, agreement.id, party.id, auditEventId);
      // Nobody else may finish or give up what it drafts, and one version is prepared at a time.
      await this.abandonment.giveUpNext(tx, agreement, party.organisationId);
    }
    await this.cascade.apply(tx, stopOf(agreement, party));
  }

  private async drop(
    tx: Tx,
    agreement: AgreementVersion,
    base: AgreementVersion,
  ): Promise<readonly Cause[]> {
    const staying = new Set(agreement.parties.map(({ id }) => id));
    const lapsed: Cause[] = [];
    for (const party of base.parties) {
      if (!staying.has(party.id) && !hasLeft(party.status) && !isJoining(party.status)) {
        lapsed.push(await this.lapse(tx, agreement, party));
        await this.repository.depart(tx, party.id, base.version);
      }
    }
    return lapsed;
  }

  private async settle(
    tx: Tx,
    agreement: AgreementVersion,
    party: Party,
  ): Promise<readonly Cause[]> {
    const { status, answer, isFounding } = party;
    if (hasLeft(status)) {
      return [];
    }
    if (isJoining(status)) {
      await (hasAgreed(party)
        ? this.activate(tx, agreement, party)
        : this.repository.setStatus(tx, party.id, standingOf(answer), agreement.auditEventId));
    } else if (!isFounding && !hasAgreed(party) && agreement.amendment !== 'administrative') {
      return [await this.lapse(tx, agreement, party)];
    }
    return [];
  }

  private async lapse(tx: Tx, agreement: AgreementVersion, party: Party): Promise<Cause> {
    const auditEventId = await this.audit.record(tx, 'party.lapsed', {
      ...brokerEvent(agreement),
      organisationIds: [
        ...new Set([...brokerEvent(agreement).organisationIds, party.organisationId]),
      ],
      partyId: party.id,
    });
    await this.repository.setStatus(tx, party.id, moveParty(party.status, 'lapse'), auditEventId);
    await this.notices.settle(tx, agreement.id, party.id, auditEventId);
    return stopOf(agreement, party);
  }
}

function stopOf({ id }: AgreementVersion, { organisationId }: Party): Cause {
  return { code: 'party_stopped', agreementId: id, organisationId };
}

// An invited party that has not signed answers to the new hash from where it stands with it.
function standingOf(answer: Party['answer']): PartyStatus {
  return answer === 'reviewed' ? 'reviewed' : 'invited';
}
