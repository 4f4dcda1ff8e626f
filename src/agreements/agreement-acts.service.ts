import { Injectable } from '@nestjs/common';
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
import { AgreementsService } from './agreements.service.js';
import { JointActs } from './lifecycle/joint-acts.service.js';
import { Reviews } from './lifecycle/reviews.service.js';
import { SignOffs } from './lifecycle/sign-offs.service.js';
import { CompletedReviews } from './review-dates/completed-reviews.service.js';
import { Stopping } from './lifecycle/stopping.service.js';

/** The life of an agreement after its submission: one transaction per act. */
@Injectable()
export class AgreementActs {
  // eslint-disable-next-line max-params -- one facade of every act, so that each opens its transaction in one place
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly reviews: Reviews,
    private readonly completed: CompletedReviews,
    private readonly signOffs: SignOffs,
    private readonly stopping: Stopping,
    private readonly joint: JointActs,
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

  private async act(
    principal: Principal,
    id: string,
    work: (tx: Tx) => Promise<void>,
  ): Promise<AgreementView> {
    await this.database.transaction(work);
    return this.agreements.getOpen(principal, id);
  }
}
