import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { delegationOf } from '../../identity/deputy.js';
import type { Principal } from '../../identity/principal.js';
import { canonicalJson } from '../../kernel/canonical-json.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import type { Tx } from '../../platform/database/database.js';
import { Signing } from '../../platform/signing/signing.service.js';
import type { AgreementVersion, Party } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { PartiesRepository } from '../parties/parties.repository.js';
import { isJoining } from '../parties/party-lifecycle.rules.js';
import type { AgreementTerms } from '../terms/terms.types.js';
import { PartyMoves } from '../parties/party-moves.service.js';
import { Activation } from './activation.js';
import { AgreementGate, agreementEvent } from './agreement-gate.js';
import { Effectiveness } from './effectiveness.service.js';
import { partyOfDuty } from './party-duty.js';
import {
  requireAnswerable,
  requireNotEditor,
  requireSameHash,
  requireStepUp,
} from './preconditions.js';

/** The `typ` of a sign-off's header (domain.md section 3, "Sign-off"). */
const SIGNOFF_TYPE = 'concordat-signoff';

/** Sign-offs: the broker's key attests that this person authenticated and accepted this hash (R3.6). */
@Injectable()
export class SignOffs {
  // eslint-disable-next-line max-params -- what a sign-off needs, what it moves, and a port
  constructor(
    private readonly gate: AgreementGate,
    private readonly repository: AgreementsRepository,
    private readonly parties: PartiesRepository,
    private readonly moves: PartyMoves,
    private readonly signing: Signing,
    private readonly activation: Activation,
    private readonly audit: AuditService,
    private readonly effectiveness: Effectiveness,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * Signs for the caller's party. The last of those who must puts the version in force if its day has come; a party that
   * accedes to a version in force is active at once.
   */
  async sign(tx: Tx, principal: Principal, id: string, hash: string | undefined): Promise<void> {
    const agreement = await this.gate.lockByHash(tx, principal, id, hash);
    this.gate.permit(principal, agreement, 'sign', 'agreement:sign');
    const duty = { duty: 'signatory', from: 'reviewed', act: 'sign' } as const;
    const party = partyOfDuty(principal, agreement, duty);
    requireAnswerable(agreement, party, 'sign');
    requireNotEditor(principal, agreement);
    await this.requireNotReviewer(tx, principal, agreement, party);
    requireSameHash(agreement, hash);
    // Frozen terms passed the rules at submission; a guardrail may have come since.
    this.effectiveness.require(agreement, agreement.terms as AgreementTerms);
    const now = this.gate.now();
    const authenticatedAt = requireStepUp(principal, now);
    const payload = signOffPayload(principal, agreement, party, { authenticatedAt, signedAt: now });
    const jws = await this.signing.sign('signoff', SIGNOFF_TYPE, Buffer.from(payload));
    const auditEventId = await this.audit.record(tx, 'agreement.signed', {
      ...agreementEvent(principal, agreement, {
        organisationId: party.organisationId,
        role: 'signatory',
      }),
      partyId: party.id,
      afterHash: hash,
    });
    await this.repository.insertSignOff(tx, agreement, {
      id: this.ids.next(),
      partyId: party.id,
      personId: principal.personId,
      jws,
      signedAt: now,
      auditEventId,
    });
    await this.takeEffect(tx, agreement, party, auditEventId);
  }

  private async takeEffect(
    tx: Tx,
    agreement: AgreementVersion,
    party: Party,
    auditEventId: string,
  ): Promise<void> {
    if (isJoining(party.status)) {
      await this.parties.setStatus(tx, party.id, 'signed', auditEventId);
    }
    if (agreement.status === 'active') {
      await this.moves.activate(tx, agreement, party);
      await this.activation.publish(tx, agreement);
      return;
    }
    const signed = await this.repository.find(tx, agreement.id, agreement.version);
    if (signed) {
      await this.activation.activateIfDue(tx, signed, this.gate.now());
    }
  }

  // R3.8, R3.24: a deputy of both looks like two offices, and is one person.
  private async requireNotReviewer(
    tx: Tx,
    { personId }: Principal,
    agreement: AgreementVersion,
    party: Party,
  ): Promise<void> {
    if ((await this.repository.reviewerOf(tx, agreement, party.id)) === personId) {
      const detail = 'Who reviewed this version for the party cannot sign it for the party.';
      throw new ConcordatError('operation_denied', { detail });
    }
  }
}

// Who signs must say what they read: without it the broker would attest what nobody accepted.
function signOffPayload(
  principal: Principal,
  agreement: AgreementVersion,
  party: Party,
  { authenticatedAt, signedAt }: { readonly authenticatedAt: Date; readonly signedAt: Date },
): string {
  const membership = principal.memberships.find(
    ({ organisationId }) => organisationId === party.organisationId,
  );
  const delegation = delegationOf(principal, party.organisationId, 'signatory');
  return canonicalJson({
    v: 1,
    agreementId: agreement.id,
    version: agreement.version,
    hash: agreement.versionHash,
    partyId: party.id,
    signatory: {
      personId: principal.personId,
      iss: principal.issuer,
      sub: principal.subject,
      name: principal.name,
      position: membership?.position ?? null,
      ...(delegation && { delegationId: delegation.delegationId }),
    },
    auth: {
      acr: principal.acr,
      amr: [...principal.amr],
      level: principal.authLevel,
      at: authenticatedAt.toISOString(),
    },
    signedAt: signedAt.toISOString(),
  });
}
