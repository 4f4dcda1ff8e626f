import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { actorFields } from '../identity/actor.js';
import { officeFields } from '../identity/deputy.js';
import type { Principal } from '../identity/principal.js';

import { IdFactory } from '../kernel/ids.js';
import { changedMembers, mergeMembers } from '../kernel/members.js';
import { londonDay } from '../kernel/london-day.js';
import type { Tx } from '../platform/database/database.js';
import { nextReference } from '../platform/database/references.js';
import type { AgreementVersion } from './agreement.types.js';
import { AgreementsRepository } from './agreements.repository.js';
import { Beginnings, type Beginning } from './beginnings/beginnings.service.js';
import { AgreementGate, agreementEvent } from './lifecycle/agreement-gate.js';
import { readTerms } from './terms/read-terms.js';
import { DEFAULT_TERMS, type DraftTerms } from './terms/terms.types.js';
import { draftHash } from './version-document.js';

interface NewDraft {
  readonly terms: DraftTerms;
  readonly beginning: Beginning;
}

/** Writing a draft: by the drafting organisation's data owners, every editor recorded (R3.8). */
@Injectable()
export class Drafting {
  constructor(
    private readonly gate: AgreementGate,
    private readonly repository: AgreementsRepository,
    private readonly audit: AuditService,
    private readonly beginnings: Beginnings,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @returns the new agreement's id. */
  async create(
    tx: Tx,
    principal: Principal,
    organisationId: string,
    { terms: given, beginning }: NewDraft,
  ): Promise<string> {
    const start = await this.beginnings.termsFor(tx, principal, organisationId, beginning);
    const terms = { ...DEFAULT_TERMS, ...start, ...given };
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'agreement.drafted', {
      ...actorFields(principal, organisationId),
      ...officeFields(principal, organisationId, 'data_owner'),
      organisationIds: [organisationId],
      agreementId: id,
      agreementVersion: 1,
      afterHash: draftHash(terms),
    });
    const year = Number(londonDay(this.gate.now()).slice(0, 4));
    const reference = await nextReference(tx, 'CON', year);
    await this.repository.insert(tx, {
      id,
      reference,
      organisationId,
      terms,
      draftedBy: principal.personId,
      auditEventId,
    });
    return id;
  }

  /**
   * Replaces the named terms of a draft; `null` takes one out.
   * @throws ConcordatError `precondition_failed` (412) when the draft is no longer the one that was read.
   */
  async edit(
    tx: Tx,
    principal: Principal,
    id: string,
    changes: Readonly<Record<string, unknown>>,
    ifMatch: string,
  ): Promise<void> {
    const { agreement } = this.gate.judge(
      principal,
      await this.gate.lock(tx, principal, id),
      'edit',
      'agreement:edit',
      ifMatch,
    );
    const before = agreement.terms;
    const terms = readTerms(mergeMembers(before, changes));
    const auditEventId = await this.audit.record(tx, 'agreement.edited', {
      ...agreementEvent(principal, agreement, {
        organisationId: agreement.organisationId,
        role: 'data_owner',
      }),
      beforeHash: draftHash(before),
      afterHash: draftHash(terms),
      changedPaths: changedMembers(before, terms),
    });
    if (agreement.versionHash !== null) {
      // Signed outside and submitted, or attested: that was for other terms.
      await this.repository.thaw(tx, agreement, this.gate.now(), auditEventId);
    }
    await this.repository.updateDraft(tx, agreement, {
      terms,
      editors: withEditor(agreement, principal),
      auditEventId,
    });
  }
}

function withEditor({ editors }: AgreementVersion, { personId }: Principal): readonly string[] {
  return [...new Set([...editors, personId])];
}
