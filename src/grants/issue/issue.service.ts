import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { canonicalJson } from '../../kernel/canonical-json.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { AccessFactsService, type RequestScope } from '../../requests/access-facts.service.js';
import { judgeModes, type JudgedMode } from '../delivery-modes.rules.js';
import { DueExpiries } from '../ending/due-expiries.service.js';
import { IssueJudge, type AskedGrant, type Passed, type Refused } from './issue-judge.service.js';
import { IssueRate } from './issue-rate.js';
import { IssueRecord } from './issue-record.service.js';
import { locksOf } from './issue-scope.js';
import { IssueRepository, type IdempotencyClaim, type NewGrant } from './issue.repository.js';
import { CALLER_CHECKS, firstFailure, KEY_CHECKS } from './pipeline.js';

const ATTEMPTS = 3;

/** What an Idempotency-Key led to: a grant just made, or the one it had made before. */
export type Issued =
  | { readonly outcome: 'issued'; readonly grant: NewGrant; readonly modes: readonly JudgedMode[] }
  | { readonly outcome: 'repeated'; readonly grantId: string };

/** The five steps of the issue pipeline: locks, facts, checks, and grant, decision and event in one transaction. */
@Injectable()
export class IssueService {
  // eslint-disable-next-line max-params -- the pipeline meets every part of the house
  constructor(
    private readonly database: Database,
    private readonly repository: IssueRepository,
    private readonly facts: AccessFactsService,
    private readonly judge: IssueJudge,
    private readonly record: IssueRecord,
    private readonly rate: IssueRate,
    private readonly expiries: DueExpiries,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @throws ConcordatError with the code of the first check that fails; its event is committed. */
  async issue(principal: Principal, asked: AskedGrant, key: string): Promise<Issued> {
    const isWithinRate = await this.rate.take(principal.personId);
    const early = firstFailure(CALLER_CHECKS, { principal, isWithinRate });
    if (early) {
      throw new ConcordatError(early.check.code, early.fields);
    }
    const scope = await this.facts.findScope(this.database.manager, asked.accessRequestId);
    const claim: IdempotencyClaim = {
      principalId: principal.personId,
      key,
      bodySha256: digestOf(asked),
      grantId: this.ids.next(),
      now: this.clock.now(),
    };
    const result = await this.inAttempts(asked.accessRequestId, () =>
      this.commit((tx) => this.attempt(tx, principal, asked, { claim, scope })),
    );
    if (result.outcome === 'refused') {
      throw new ConcordatError(result.check.code, result.fields);
    }
    return result;
  }

  // A refusal commits its event and frees the key; a grant commits with its event.
  private async attempt(
    tx: Tx,
    principal: Principal,
    asked: AskedGrant,
    { claim, scope }: { claim: IdempotencyClaim; scope: RequestScope | undefined },
  ): Promise<Issued | Refused> {
    const held = await this.repository.claimKey(tx, claim);
    if (held) {
      return this.repeat(tx, principal, held.grantId, held.bodySha256.equals(claim.bodySha256));
    }
    if (scope) {
      await this.repository.lock(tx, locksOf(scope));
    }
    const judged = await this.judge.judge(tx, principal, asked);
    if (judged.outcome === 'refused') {
      await this.record.refused(tx, principal, judged, { freedKey: claim });
      return judged;
    }
    const grant = newGrant(claim.grantId, judged, lockedStore(judged, scope));
    await this.record.issued(tx, principal, grant, judged);
    return { outcome: 'issued', grant, modes: judgeModes(judged.context.facts) };
  }

  private async repeat(
    tx: Tx,
    principal: Principal,
    grantId: string,
    isSameBody: boolean,
  ): Promise<Issued | Refused> {
    const failure = firstFailure(KEY_CHECKS, { isKeyMismatched: !isSameBody });
    if (!failure) {
      return { outcome: 'repeated', grantId };
    }
    const refused: Refused = { outcome: 'refused', ...failure };
    await this.record.refused(tx, principal, refused, {});
    return refused;
  }

  // Step 5: until the COMMIT is answered, grant and event are not known to be written.
  private async commit<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const progress = { isWritten: false };
    try {
      return await this.database.transaction(async (tx) => {
        const result = await work(tx);
        progress.isWritten = true;
        return result;
      });
    } catch (error) {
      throw progress.isWritten
        ? new ConcordatError('audit_unavailable', {}, { cause: error })
        : error;
    }
  }

  // A twin in the way is one whose end has come but is not yet written, or one that was faster: judge once more.
  private async inAttempts<T>(accessRequestId: string, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!isConcordatError(error, 'grant_exists') || attempt === ATTEMPTS) {
          throw error;
        }
        await this.expiries.expireOf(accessRequestId);
      }
    }
  }
}

function digestOf({ accessRequestId, delivery, expiresAt }: AskedGrant): Buffer {
  const body = { accessRequestId, delivery, expiresAt: expiresAt?.toISOString() };
  return createHash('sha256').update(canonicalJson(body)).digest();
}

// A dataset that got its store after the scope was read is judged under another lock than the store's: next time.
function lockedStore({ context }: Passed, scope: RequestScope | undefined): string {
  const storeId = context.facts.store?.id;
  if (storeId === undefined || storeId !== scope?.storeId) {
    throw new ConcordatError('dataset_unavailable');
  }
  return storeId;
}

function newGrant(
  id: string,
  { context: { facts, delivery, expiresAt, now, principal }, decision }: Passed,
  storeId: string,
): NewGrant {
  const { request, agreement } = facts;
  return {
    id,
    accessRequestId: request.id,
    personId: request.requesterId,
    organisationId: request.organisationId,
    projectId: request.projectId,
    agreementId: request.agreementId,
    agreementVersion: request.agreementVersion,
    datasetId: request.datasetId,
    datasetVersion: facts.dataset.sealedVersion,
    feedAfter: delivery === 'feed' ? feedStart(facts) : null,
    providerId: facts.provider.id,
    storeId,
    // deliveryModeFits passed, so there is one.
    delivery: delivery ?? 'stream',
    status: 'issued',
    issuedAt: now,
    expiresAt,
    epoch: 1,
    maxRevocationSeconds: agreement.terms.maxRevocationSeconds,
    policyVersion: decision.policyVersion,
    jkt: principal?.jkt ?? null,
    maxBytes: agreement.terms.maxBytes ?? null,
    maxDownloads: agreement.terms.maxDownloads ?? null,
  };
}

// Without the item's history a grant begins with what comes after it.
function feedStart({ request, agreement, dataset }: Passed['context']['facts']): number {
  const item = agreement.terms.items?.find(({ datasetId }) => datasetId === request.datasetId);
  return item?.includeHistory === true ? 0 : (dataset.feed?.lastNumber ?? 0);
}
