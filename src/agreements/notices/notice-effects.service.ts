import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion, Party } from '../agreement.types.js';
import { brokerEvent } from '../lifecycle/agreement-gate.js';
import { Stopping } from '../lifecycle/stopping.service.js';
import { moveParty } from '../parties/party-lifecycle.rules.js';
import { PartyMoves } from '../parties/party-moves.service.js';
import type { Notice } from './notice.rules.js';

/** What a notice that has run brings about: the broker writes it, with every grant that ends (law 1). */
@Injectable()
export class NoticeEffects {
  constructor(
    private readonly stopping: Stopping,
    private readonly moves: PartyMoves,
    private readonly audit: AuditService,
  ) {}

  /** The caller holds the agreement's exclusive lock. */
  async carryOut(tx: Tx, agreement: AgreementVersion, notice: Notice): Promise<void> {
    const party = agreement.parties.find(({ id }) => id === notice.partyId);
    if (notice.act === 'terminate') {
      await this.stopping.endByNotice(tx, agreement, notice);
    } else if (party) {
      await this.leave(tx, agreement, party, notice);
    }
  }

  private async leave(
    tx: Tx,
    agreement: AgreementVersion,
    party: Party,
    { act, reason, approvalId, proposedBy, givenBy }: Notice,
  ): Promise<void> {
    const event = {
      ...brokerEvent(agreement),
      partyId: party.id,
      reasonText: reason,
      wordsOf: proposedBy ?? givenBy,
      approvalId: approvalId ?? undefined,
    };
    if (act === 'withdraw') {
      const reasonCodes = ['notice_given'];
      const auditEventId = await this.audit.record(tx, 'party.withdrawn', {
        ...event,
        reasonCodes,
      });
      const status = moveParty(party.status, act);
      await this.moves.stop(tx, agreement, party, { status, auditEventId });
    } else if (act === 'exclude') {
      const auditEventId = await this.audit.record(tx, 'party.excluded', {
        ...event,
        proposedByPersonId: proposedBy ?? undefined,
      });
      const status = moveParty(party.status, act);
      await this.moves.stop(tx, agreement, party, { status, auditEventId });
    }
  }
}
