import { Injectable } from '@nestjs/common';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion, Party } from '../agreement.types.js';
import { AgreementGate, agreementEvent } from '../lifecycle/agreement-gate.js';
import {
  mayMoveParty,
  moveParty,
  PARTY_TRANSITIONS,
  type PartyAct,
  type PartyStanding,
  type PartyStatus,
} from './party-lifecycle.rules.js';
import { partyCapacities, type PartyCapacity } from './party-standing.js';

/** A party that this caller may act on, its agreement locked until the transaction ends. */
export interface OpenedParty {
  readonly agreement: AgreementVersion;
  readonly party: Party;
  readonly actor: PartyCapacity;
  /** Where the act leads. */
  readonly to: PartyStatus;
}

type Act = Extract<PartyAct, 'suspend' | 'resume' | 'withdraw' | 'exclude'>;

/** The one door to a party of the version in force: who may do what to it, and in which state. */
@Injectable()
export class PartyGate {
  constructor(private readonly gate: AgreementGate) {}

  now(): Date {
    return this.gate.now();
  }

  /**
   * @throws ConcordatError `not_found`, then `operation_denied`, then `transition_not_allowed`: also when the agreement
   * itself has ended.
   */
  async open(
    tx: Tx,
    principal: Principal,
    { agreementId, partyId }: { readonly agreementId: string; readonly partyId: string },
    act: Act,
  ): Promise<OpenedParty> {
    const agreement = await this.gate.lockVersion(tx, principal, agreementId);
    const party = agreement.parties.find(({ id }) => id === partyId);
    if (!party) {
      throw new ConcordatError('not_found');
    }
    const capacities = partyCapacities(principal, agreement.parties, party);
    const standings = new Set(capacities.map(({ standing }) => standing));
    const operation: Operation = `party:${act}`;
    this.gate.allow(principal, agreement, operation, mayMoveParty(standings, act));
    if (agreement.status !== 'active' && agreement.status !== 'suspended') {
      throw new ConcordatError('transition_not_allowed', { status: agreement.status, act });
    }
    const by: readonly PartyStanding[] = PARTY_TRANSITIONS[act].by;
    const actor = capacities.find(({ standing }) => by.includes(standing));
    if (!actor) {
      throw new Error('Nobody acts without a standing');
    }
    return { agreement, party, actor, to: moveParty(party.status, act) };
  }
}

/** The fields that every event of a party has. */
export function partyEvent(principal: Principal, { agreement, party, actor }: OpenedParty) {
  return { ...agreementEvent(principal, agreement, actor), partyId: party.id };
}

/** @throws ConcordatError `conflict`: without its lead nobody could suspend, end or admit. */
export function requireNotLead({ party }: OpenedParty): void {
  if (party.isLead) {
    const detail = 'The lead does not leave: terminate the agreement, or amend it to name another.';
    throw new ConcordatError('conflict', { detail });
  }
}
