import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actingFor, actorFields } from '../../identity/actor.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import type { AgreementVersion, Party } from '../agreement.types.js';
import { AgreementGate, participantIds } from '../lifecycle/agreement-gate.js';
import type { AgreementTerms } from '../terms/terms.types.js';
import { toOdrl, type ConcludedVersion } from './odrl.rules.js';
import type { OdrlAgreement } from './odrl.types.js';

/** The request behind an export, for its event. */
export interface ExportSource {
  readonly traceId: string;
}

/** Agreements in ODRL 2.2. An export is an event, which commits before the document is answered (R6.2). */
@Injectable()
export class OdrlExport {
  constructor(
    private readonly database: Database,
    private readonly gate: AgreementGate,
    private readonly audit: AuditService,
  ) {}

  /**
   * @param version absent: the current one.
   * @throws ConcordatError `not_found`, or `transition_not_allowed` for a version that was never in force: nobody has
   * agreed to it yet.
   */
  async export(
    principal: Principal,
    id: string,
    version: number | undefined,
    source: ExportSource,
  ): Promise<OdrlAgreement> {
    return this.database.transaction(async (tx) => {
      const agreement = await this.gate.read(tx, principal, id, version);
      const odrl = toOdrl(concluded(agreement));
      const organisationIds = participantIds(agreement);
      await this.audit.record(tx, 'audit.exported', {
        ...actorFields(principal, actingFor(principal, organisationIds)),
        organisationIds,
        agreementId: agreement.id,
        agreementVersion: agreement.version,
        reasonCodes: ['odrl'],
        count: 1,
        ...source,
      });
      return odrl;
    });
  }
}

function concluded(agreement: AgreementVersion): ConcludedVersion {
  const { versionHash, startsAt, endsAt, activatedAt, parties } = agreement;
  if (versionHash === null || startsAt === null || endsAt === null || activatedAt === null) {
    throw new ConcordatError('transition_not_allowed', { from: agreement.status, move: 'export' });
  }
  const receiving = parties.filter(({ dataRole }) => dataRole !== 'provider');
  const present = receiving.filter(isPresent);
  return {
    id: agreement.id,
    reference: agreement.reference,
    version: agreement.version,
    versionHash,
    startsAt,
    endsAt,
    // A frozen version passed every rule.
    terms: agreement.terms as AgreementTerms,
    partyIds: parties.filter(isPresent).map(({ organisationId }) => organisationId),
    recipientIds: (present.length > 0 ? present : receiving).map(
      ({ organisationId }) => organisationId,
    ),
  };
}

// Who was asked to join has agreed to nothing, and who left no longer does.
function isPresent({ status }: Party): boolean {
  return status === 'active' || status === 'suspended';
}
