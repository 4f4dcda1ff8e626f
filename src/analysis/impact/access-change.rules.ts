import type { AttributeName } from '../../policy/attributes.js';
import type { Decision } from '../../policy/decision.js';
import type { Candidate } from './candidates.repository.js';

/** One access that a change gives or takes. What is not the reader's to know is null. */
interface AccessChange {
  /** People show by pseudonym (R5.7); null for somebody of another organisation who has not asked. */
  readonly pseudonym: string | null;
  readonly organisationId: string;
  readonly projectId: string | null;
  readonly agreementId: string;
  readonly datasetId: string;
  readonly action: string;
  /** Null when they have not asked: then it is access that they could ask for. */
  readonly accessRequestId: string | null;
  /** True when a grant of theirs is running under the request. */
  readonly hasLiveGrant: boolean;
  /** Why it is refused on the other side of the change, in words. */
  readonly explanation: string | null;
  /** What nobody knows before the request is made, and the answer rests on. */
  readonly unknown: readonly AttributeName[];
}

/** What somebody would be answered before and after. */
export interface Compared {
  readonly candidate: Candidate;
  readonly agreementId: string;
  readonly action: string;
  readonly hasLiveGrant: boolean;
  readonly before: Decision;
  readonly after: Decision;
}

export interface AccessChanges {
  readonly gains: readonly AccessChange[];
  readonly losses: readonly AccessChange[];
}

/** The flips among what was compared. @param isOpen whether the reader may see who a candidate is. */
export function changesIn(
  compared: readonly Compared[],
  isOpen: (candidate: Candidate) => boolean,
): AccessChanges {
  const changed = (from: Decision['outcome']): readonly AccessChange[] =>
    compared
      .filter(({ before, after }) => before.outcome === from && after.outcome !== from)
      .map((one) => toChange(one, from === 'deny' ? one.before : one.after, isOpen(one.candidate)));
  return { gains: changed('deny'), losses: changed('allow') };
}

function toChange(
  { candidate, agreementId, action, hasLiveGrant }: Compared,
  refusal: Decision,
  isOpen: boolean,
): AccessChange {
  const { pseudonym, organisationId, projectId, datasetId, accessRequestId } = candidate;
  const shared = { organisationId, agreementId, datasetId, action, hasLiveGrant };
  const unknown = refusal.failed
    .filter(({ path, actual }) => actual === null && path.startsWith('request.'))
    .map(({ path }) => path);
  const others = { ...shared, unknown: [...new Set(unknown)] };
  return isOpen
    ? { ...others, pseudonym, projectId, accessRequestId, explanation: refusal.explanation }
    : { ...others, pseudonym: null, projectId: null, accessRequestId: null, explanation: null };
}
