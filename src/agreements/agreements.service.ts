import { Injectable } from '@nestjs/common';
import { Authorisation } from '../identity/authorisation.service.js';
import type { FieldError } from '../kernel/errors.js';
import type { Principal } from '../identity/principal.js';
import type { Json } from '../kernel/canonical-json.js';
import { ConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import { Idempotency } from '../platform/database/idempotency.js';
import type { AgreementVersion } from './agreement.types.js';
import { toSummary, toView, type AgreementSummary, type AgreementView } from './agreement.view.js';
import { AgreementsRepository, type ListQuery } from './agreements.repository.js';
import { Drafting } from './drafting.service.js';
import { readBeginning } from './beginnings/beginnings.service.js';
import { asOf } from './lifecycle/as-of.rules.js';
import { AgreementGate } from './lifecycle/agreement-gate.js';
import { Submission } from './submission.service.js';
import { readTerms } from './terms/read-terms.js';
import { Vocabularies } from './vocabularies.js';
import { Warnings } from './warnings/warnings.service.js';

type Body = Readonly<Record<string, unknown>>;

/** What everyone needs to check a version's sign-offs without the broker: the text, its hash, and each JWS. */
export interface SignaturesView {
  readonly document: string | null;
  readonly versionHash: string | null;
  /** `signed_outside`: there are no sign-offs here, and the attestation of the paper is with the agreement (R3.22). */
  readonly signing: string | null;
  readonly signatures: readonly {
    readonly partyId: string;
    /** An earlier one when the sign-off carries over to an administrative amendment (R3.2). */
    readonly version: number;
    readonly versionHash: string;
    readonly jws: string;
    readonly signedAt: string;
  }[];
}

/** Agreements while they are written, and reading them. */
@Injectable()
export class AgreementsService {
  // eslint-disable-next-line max-params -- three acts, their door, and what they read
  constructor(
    private readonly database: Database,
    private readonly gate: AgreementGate,
    private readonly repository: AgreementsRepository,
    private readonly drafting: Drafting,
    private readonly submission: Submission,
    private readonly authorisation: Authorisation,
    private readonly idempotency: Idempotency,
    private readonly vocabularies: Vocabularies,
    private readonly warnings: Warnings,
  ) {}

  /** @param body terms, and beside them `organisationId`: who drafts; and what they start from. */
  async create(principal: Principal, body: Body, key?: string): Promise<AgreementView> {
    const { organisationId: named, ...rest } = body;
    const organisationId = typeof named === 'string' ? named : onlyOrganisation(principal);
    const resource = { organisationIds: [organisationId] };
    this.authorisation.require(principal, 'agreement:draft', resource);
    const { beginning, given } = readBeginning(rest);
    const terms = readTerms(given);
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(
        tx,
        { principalId: principal.personId, route: 'POST agreements', key, body: body as Json },
        () => this.drafting.create(tx, principal, organisationId, { terms, beginning }),
      ),
    );
    return this.get(principal, id);
  }

  /** @param ifMatch the ETag of the draft that was read. */
  async edit(
    principal: Principal,
    id: string,
    changes: Body,
    ifMatch: string,
  ): Promise<AgreementView> {
    await this.database.transaction((tx) =>
      this.drafting.edit(tx, principal, id, changes, ifMatch),
    );
    return this.getOpen(principal, id);
  }

  /** @param ifMatch the ETag of the draft that was read. */
  async submit(principal: Principal, id: string, ifMatch: string): Promise<AgreementView> {
    await this.database.transaction((tx) => this.submission.submit(tx, principal, id, ifMatch));
    return this.getOpen(principal, id);
  }

  /** What the version being prepared still lacks before it can be submitted. */
  async faults(principal: Principal, id: string): Promise<readonly FieldError[]> {
    const { manager } = this.database;
    return this.submission.faults(manager, await this.gate.readOpen(manager, principal, id));
  }

  /** The version being prepared, else the current one. */
  async getOpen(principal: Principal, id: string): Promise<AgreementView> {
    const agreement = await this.gate.readOpen(this.database.manager, principal, id);
    return this.view(principal, agreement);
  }

  /** @param version absent: the current one. */
  async get(principal: Principal, id: string, version?: number): Promise<AgreementView> {
    const agreement = await this.gate.read(this.database.manager, principal, id, version);
    return this.view(principal, agreement);
  }

  /**
   * Current versions of the agreements that the caller may read, newest first, as they stand now (R3.25). What a sweep has
   * still to write is found under the status that it had.
   */
  async list(
    principal: Principal,
    query: Omit<ListQuery, 'organisationIds'>,
  ): Promise<readonly AgreementSummary[]> {
    const rows = await this.repository.list(this.database.manager, {
      ...query,
      organisationIds: this.gate.readableBy(principal),
    });
    const now = this.gate.now();
    return rows.map((row) => toSummary(asOf(row, now)));
  }

  /** R3.6: the sign-offs that count, each verifiable offline with the published keys. */
  async signatures(principal: Principal, id: string, version?: number): Promise<SignaturesView> {
    const { manager } = this.database;
    const agreement = await this.gate.read(manager, principal, id, version);
    const rows = await this.repository.signOffs(manager, agreement);
    return {
      document: agreement.document,
      versionHash: agreement.versionHash,
      signing: agreement.terms.signing ?? null,
      signatures: rows.map((row) => ({ ...row, signedAt: row.signedAt.toISOString() })),
    };
  }

  private async view(principal: Principal, agreement: AgreementVersion): Promise<AgreementView> {
    const warnings = await this.warnings.of(this.database.manager, principal, agreement);
    return toView(agreement, this.vocabularies.terms, warnings);
  }
}

// Whoever owns data for one organisation need not name it.
function onlyOrganisation({ memberships }: Principal): string {
  const [own, ...others] = memberships.filter(({ roles }) => roles.includes('data_owner'));
  if (!own || others.length > 0) {
    throw new ConcordatError('input_invalid', {
      errors: [{ pointer: '/organisationId', reason: 'must name the organisation that drafts' }],
    });
  }
  return own.organisationId;
}
