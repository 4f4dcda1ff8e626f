import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import type { Tx } from '../../platform/database/database.js';
import type { Departure } from '../agreement.types.js';
import { requireNotice } from '../lifecycle/notice.rules.js';
import { PartyGate, partyEvent, requireNotLead } from './party-gate.js';
import { PartyMoves } from './party-moves.service.js';

/** What one person may do to a party: stop it, or take it out after notice. Its own grants end, and no others. */
@Injectable()
export class PartyActs {
  constructor(
    private readonly gate: PartyGate,
    private readonly moves: PartyMoves,
    private readonly audit: AuditService,
  ) {}

  async suspend(
    tx: Tx,
    principal: Principal,
    key: { readonly agreementId: string; readonly partyId: string },
    reason: string,
  ): Promise<void> {
    const opened = await this.gate.open(tx, principal, key, 'suspend');
    const auditEventId = await this.audit.record(tx, 'party.suspended', {
      ...partyEvent(principal, opened),
      reasonText: reason,
    });
    await this.moves.stop(tx, opened.agreement, opened.party, { status: opened.to, auditEventId });
  }

  async withdraw(
    tx: Tx,
    principal: Principal,
    key: { readonly agreementId: string; readonly partyId: string },
    { reason, noticeGivenOn }: Departure,
  ): Promise<void> {
    const opened = await this.gate.open(tx, principal, key, 'withdraw');
    requireNotLead(opened);
    requireNotice(opened.agreement, { noticeGivenOn, isUrgent: false }, this.gate.now());
    const auditEventId = await this.audit.record(tx, 'party.withdrawn', {
      ...partyEvent(principal, opened),
      reasonCodes: ['notice_given'],
      reasonText: reason,
    });
    await this.moves.stop(tx, opened.agreement, opened.party, { status: opened.to, auditEventId });
  }
}
