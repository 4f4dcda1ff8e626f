import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency, type IdempotentCall } from '../../platform/database/idempotency.js';
import type { Renewal } from '../agreement.types.js';
import type { AgreementView } from '../agreement.view.js';
import { AgreementsService } from '../agreements.service.js';
import { AgreementGate } from '../lifecycle/agreement-gate.js';
import { Amendments } from './amendments.service.js';
import { amendmentKind, compareTerms, type TermChange } from './term-changes.rules.js';

/** What differs between two versions of one agreement. */
export interface ChangesView {
  readonly agreementId: string;
  readonly from: number;
  readonly to: number;
  /** What the difference would be as one amendment (R3.2). */
  readonly amendment: string;
  readonly changes: readonly TermChange[];
}

/** The versions of an agreement: the next one, and what it changes. */
@Injectable()
export class VersionsService {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly gate: AgreementGate,
    private readonly amendments: Amendments,
    private readonly idempotency: Idempotency,
  ) {}

  /** @param ifMatch the ETag of the version that was read. */
  amend(principal: Principal, id: string, ifMatch: string, key?: string): Promise<AgreementView> {
    const call = { route: `POST agreements/${id}/amend`, key, body: {} };
    return this.once(principal, id, call, (tx) =>
      this.amendments.amend(tx, principal, id, ifMatch),
    );
  }

  /** @param ifMatch the ETag of the version that was read. */
  renew(
    principal: Principal,
    id: string,
    ifMatch: string,
    dates: Renewal,
    key?: string,
  ): Promise<AgreementView> {
    const call = { route: `POST agreements/${id}/renew`, key, body: { ...dates } };
    return this.once(principal, id, call, (tx) =>
      this.amendments.renew(tx, principal, id, { ifMatch, dates }),
    );
  }

  /**
   * Compares term by term.
   * @param to absent: the version being prepared, else the current one.
   * @param from absent: the version that `to` was made from, or `to` itself when it is the first.
   */
  async changes(
    principal: Principal,
    id: string,
    { from, to }: { readonly from?: number; readonly to?: number },
  ): Promise<ChangesView> {
    const { manager } = this.database;
    const newer =
      to === undefined
        ? await this.gate.readOpen(manager, principal, id)
        : await this.gate.read(manager, principal, id, to);
    const older = await this.gate.read(
      manager,
      principal,
      id,
      from ?? newer.amends ?? newer.version,
    );
    return {
      agreementId: id,
      from: older.version,
      to: newer.version,
      amendment: amendmentKind(older.terms, newer.terms),
      changes: compareTerms(older.terms, newer.terms),
    };
  }

  private async once(
    principal: Principal,
    id: string,
    call: Omit<IdempotentCall, 'principalId'>,
    work: (tx: Tx) => Promise<void>,
  ): Promise<AgreementView> {
    const principalId = principal.personId;
    await this.database.transaction((tx) =>
      this.idempotency.once(tx, { principalId, ...call }, async () => {
        await work(tx);
        return id;
      }),
    );
    return this.agreements.getOpen(principal, id);
  }
}
