import { Injectable } from '@nestjs/common';
import { Cascade } from '../cascade/cascade.service.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import type { ProposedView } from '../organisations/approvals/approvals.service.js';
import { Database, type Tx } from '../platform/database/database.js';
import type {
  ReviewAnswer,
  ReviewCompletion,
  SignatureAnswer,
  Termination,
} from './agreement.types.js';
import type { AgreementView } from './agreement.view.js';
import { AgreementsRepository } from './agreements.repository.js';
import { AgreementsService } from './agreements.service.js';
import { AgreementGate, participantIds } from './lifecycle/agreement-gate.js';
import { JointActs } from './lifecycle/joint-acts.service.js';
import { Reviews } from './lifecycle/reviews.service.js';
import { SignOffs } from './lifecycle/sign-offs.service.js';
import { CompletedReviews } from './review-dates/completed-reviews.service.js';
import { Stopping } from './lifecycle/stopping.service.js';

/** What would end now if the version stopped; people by pseudonym (R5.7). */
export interface ImpactView {
  readonly agreementId: string;
  readonly version: number;
  readonly affected: readonly {
    readonly kind: string;
    readonly id: string;
    readonly pseudonym: string | null;
    readonly organisationId: string;
    readonly datasetId: string;
  }[];
}

/** The life of an agreement after its submission: one transaction per act. */
@Injectable()
export class AgreementActs {
  // eslint-disable-next-line max-params -- one facade of every act, so that each opens its transaction in one place
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly gate: AgreementGate,
    private readonly repository: AgreementsRepository,
    private readonly reviews: Reviews,
    private readonly completed: CompletedReviews,
    private readonly signOffs: SignOffs,
    private readonly stopping: Stopping,
    private readonly joint: JointActs,
    private readonly cascade: Cascade,
    private readonly authorisation: Authorisation,
  ) {}

  review(
    principal: Principal,
    id: string,
    answer: ReviewAnswer | ReviewCompletion,
  ): Promise<AgreementView> {
    return this.act(principal, id, (tx) => {
      switch (answer.decision) {
        case 'accept':
          return this.reviews.accept(tx, principal, id, { ...answer, decision: 'accept' });
        case 'return':
          return this.reviews.return(tx, principal, id, { ...answer, decision: 'return' });
        case 'complete':
          return this.completed.complete(tx, principal, id, answer);
      }
    });
  }

  sign(principal: Principal, id: string, answer: SignatureAnswer): Promise<AgreementView> {
    return this.act(principal, id, (tx) =>
      answer.decision === 'sign'
        ? this.signOffs.sign(tx, principal, id, answer.versionHash)
        : this.reviews.decline(tx, principal, id, answer),
    );
  }

  async suspend(principal: Principal, id: string, reason: string): Promise<AgreementView> {
    await this.database.transaction((tx) => this.stopping.suspend(tx, principal, id, reason));
    return this.agreements.get(principal, id);
  }

  resume(principal: Principal, id: string, reason: string): Promise<ProposedView> {
    return this.database.transaction((tx) => this.joint.proposeResume(tx, principal, id, reason));
  }

  /** @returns the proposal, or the terminated agreement when it was never in force. */
  async terminate(
    principal: Principal,
    id: string,
    answer: Termination,
  ): Promise<ProposedView | AgreementView> {
    const proposed = await this.database.transaction((tx) =>
      this.joint.endOrPropose(tx, principal, id, answer),
    );
    return proposed ?? this.agreements.get(principal, id, answer.version);
  }

  /** Question 9 of the audit: if this agreement stops, what ends? */
  async impact(principal: Principal, id: string): Promise<ImpactView> {
    const { manager } = this.database;
    const agreement = await this.gate.read(manager, principal, id);
    const organisationIds = participantIds(agreement);
    this.authorisation.require(principal, 'agreement:impact', { organisationIds });
    const { version } = agreement;
    const cause = { code: 'version_stopped', agreementId: id, version } as const;
    const affected = await this.cascade.preview(manager, cause);
    const personIds = [...new Set(affected.map(({ personId }) => personId))];
    const pseudonyms = await this.repository.pseudonyms(manager, personIds);
    return {
      agreementId: id,
      version,
      affected: affected.map(({ personId, ...rest }) => ({
        ...rest,
        pseudonym: pseudonyms.get(personId) ?? null,
      })),
    };
  }

  private async act(
    principal: Principal,
    id: string,
    work: (tx: Tx) => Promise<void>,
  ): Promise<AgreementView> {
    await this.database.transaction(work);
    return this.agreements.getOpen(principal, id);
  }
}
