import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion, Renewal } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import {
  AgreementGate,
  agreementEvent,
  type OpenedAgreement,
} from '../lifecycle/agreement-gate.js';
import { hasLeft } from '../parties/party-lifecycle.rules.js';
import { readTerms } from '../terms/read-terms.js';
import type { DraftTerms } from '../terms/terms.types.js';
import { withoutPaper } from '../signed-outside/attestation.rules.js';
import { draftHash } from '../version-document.js';
import { RenewalGuards } from './renewal-guards.js';
import { VersionsRepository } from './versions.repository.js';

/** The next version as a draft, made from the one in force, which goes on until the next one activates (R3.1, R3.23). */
@Injectable()
export class Amendments {
  constructor(
    private readonly gate: AgreementGate,
    private readonly repository: AgreementsRepository,
    private readonly versions: VersionsRepository,
    private readonly guards: RenewalGuards,
    private readonly audit: AuditService,
  ) {}

  /** @param ifMatch the ETag of the version that was read: what is amended is what is in force. */
  async amend(tx: Tx, principal: Principal, id: string, ifMatch: string): Promise<void> {
    const opened = this.gate.judge(
      principal,
      await this.gate.lockVersion(tx, principal, id),
      'amend',
      'agreement:amend',
      ifMatch,
    );
    await this.draft(tx, principal, opened, { terms: carried(opened.agreement) });
  }

  /** R3.23: the same terms for another time. */
  async renew(
    tx: Tx,
    principal: Principal,
    id: string,
    { ifMatch, dates }: { readonly ifMatch: string; readonly dates: Renewal },
  ): Promise<void> {
    const opened = this.gate.judge(
      principal,
      await this.gate.lockVersion(tx, principal, id),
      'renew',
      'agreement:amend',
      ifMatch,
    );
    const { agreement } = opened;
    if (agreement.activatedAt === null) {
      throw new ConcordatError('transition_not_allowed', { status: 'not_concluded', act: 'renew' });
    }
    await this.guards.requireFree(tx, agreement);
    const terms = readTerms({ ...withoutPaper(carried(agreement)), ...dates });
    await this.draft(tx, principal, opened, { terms, reason: 'renewal' });
  }

  private async draft(
    tx: Tx,
    principal: Principal,
    { agreement, actor }: OpenedAgreement,
    next: {
      readonly terms: DraftTerms;
      readonly reason?: string;
    },
  ): Promise<void> {
    const { terms, reason } = next;
    const open = await this.repository.findOpen(tx, agreement.id);
    if (open && open.version !== agreement.version) {
      const detail = `Version ${String(open.version)} is being prepared: edit that, or give it up.`;
      throw new ConcordatError('conflict', { version: open.version, detail });
    }
    const version = await this.versions.nextVersion(tx, agreement.id);
    const auditEventId = await this.audit.record(tx, 'agreement.amended', {
      ...agreementEvent(principal, agreement, actor),
      // As its draft: nobody else's until it is submitted.
      organisationIds: [actor.organisationId],
      agreementVersion: version,
      reasonCodes: reason === undefined ? [] : [reason],
      beforeHash: agreement.versionHash ?? undefined,
      afterHash: draftHash(terms),
    });
    await this.versions.insertNext(tx, agreement, version, {
      organisationId: actor.organisationId,
      terms,
      draftedBy: principal.personId,
      auditEventId,
    });
  }
}

/** The terms without the parties that have left. */
function carried({ terms, parties }: AgreementVersion): DraftTerms {
  const left = new Set(
    parties.filter(({ status }) => hasLeft(status)).map(({ organisationId }) => organisationId),
  );
  const stays = ({ organisationId }: { readonly organisationId?: string }): boolean =>
    organisationId === undefined || !left.has(organisationId);
  return {
    ...terms,
    ...(terms.parties && { parties: terms.parties.filter(stays) }),
    ...(terms.legal && { legal: terms.legal.filter(stays) }),
  };
}
