import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import type { Tx } from '../../platform/database/database.js';
import { Notices } from '../notices/notices.service.js';
import { PartyGate, partyEvent, requireNotLead } from './party-gate.js';
import { PartyMoves } from './party-moves.service.js';

/** What one person may do to a party: stop it, or take it out after notice. Its own grants end, and no others. */
@Injectable()
export class PartyActs {
  constructor(
    private readonly gate: PartyGate,
    private readonly moves: PartyMoves,
    private readonly notices: Notices,
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
    reason: string,
  ): Promise<void> {
    const opened = await this.gate.open(tx, principal, key, 'withdraw');
    requireNotLead(opened);
    await this.notices.give(tx, principal, opened, { act: 'withdraw', reason });
  }
}
