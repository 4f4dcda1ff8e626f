import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import type { Json } from '../../kernel/canonical-json.js';
import type { ProposedView } from '../../organisations/approvals/approvals.service.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import type { Exclusion } from '../agreement.types.js';
import type { AgreementView } from '../agreement.view.js';
import { AgreementsService } from '../agreements.service.js';
import { Notices } from '../notices/notices.service.js';
import { Accession } from './accession.service.js';
import { JointPartyActs } from './joint-party-acts.service.js';
import { PartyActs } from './party-acts.service.js';

/** The life of the parties of an agreement in force: one transaction per act. */
@Injectable()
export class PartiesService {
  // eslint-disable-next-line max-params -- one facade of every act, so that each opens its transaction in one place
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly accession: Accession,
    private readonly acts: PartyActs,
    private readonly joint: JointPartyActs,
    private readonly notices: Notices,
    private readonly idempotency: Idempotency,
  ) {}

  async accede(
    principal: Principal,
    id: string,
    body: Readonly<Record<string, unknown>>,
    key?: string,
  ): Promise<AgreementView> {
    const route = `POST agreements/${id}/accede`;
    const call = { principalId: principal.personId, route, key, body: body as Json };
    return this.act(principal, id, async (tx) => {
      await this.idempotency.once(tx, call, () => this.accession.accede(tx, principal, id, body));
    });
  }

  suspend(
    principal: Principal,
    agreementId: string,
    partyId: string,
    reason: string,
  ): Promise<AgreementView> {
    return this.act(principal, agreementId, (tx) =>
      this.acts.suspend(tx, principal, { agreementId, partyId }, reason),
    );
  }

  withdraw(
    principal: Principal,
    agreementId: string,
    partyId: string,
    reason: string,
  ): Promise<AgreementView> {
    return this.act(principal, agreementId, (tx) =>
      this.acts.withdraw(tx, principal, { agreementId, partyId }, reason),
    );
  }

  /** Of a party's leaving, or of the agreement's end. */
  takeBack(
    principal: Principal,
    agreementId: string,
    noticeId: string,
    reason: string,
  ): Promise<AgreementView> {
    return this.act(principal, agreementId, (tx) =>
      this.notices.takeBack(tx, principal, { agreementId, noticeId }, reason),
    );
  }

  resume(
    principal: Principal,
    agreementId: string,
    partyId: string,
    reason: string,
  ): Promise<ProposedView> {
    return this.database.transaction((tx) =>
      this.joint.proposeResume(tx, principal, { agreementId, partyId }, reason),
    );
  }

  exclude(
    principal: Principal,
    agreementId: string,
    partyId: string,
    exclusion: Exclusion,
  ): Promise<ProposedView> {
    return this.database.transaction((tx) =>
      this.joint.proposeExclude(tx, principal, { agreementId, partyId }, exclusion),
    );
  }

  private async act(
    principal: Principal,
    id: string,
    work: (tx: Tx) => Promise<void>,
  ): Promise<AgreementView> {
    await this.database.transaction(work);
    return this.agreements.get(principal, id);
  }
}
