import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson } from '../../kernel/canonical-json.js';
import { freezeAttributes, type AttributeInput, type Attributes } from '../attributes.js';
import type { Condition } from '../condition.js';
import type { Decision, DecisionReason, FailedClause, FailedLeaf } from '../decision.js';
import type { DataEngine } from './data-engine.js';
import { blame, evaluateCondition } from './evaluate-condition.js';
import { explanationOf } from './explanation.js';
import { narrow } from './narrow.js';
import { notAfter } from './not-after.js';
import { casbinRequest } from './request.js';
import { candidatesOf, type CompiledRule, type RuleKey, type Snapshot } from './snapshot.js';

const HASH_DOMAIN = Buffer.from('concordat/attributes/v1\0');
const STALE_MS = 5_000;

export interface DataQuestion {
  readonly key: RuleKey;
  /** What is known of the request; `request.now` is always `now`. */
  readonly attributes: AttributeInput;
  /** Conditions of the owner's decision (domain.md section 10): they only narrow. */
  readonly narrowing?: Condition | null;
  readonly decisionId: string;
  readonly now: Date;
  /** Of a decision that is replayed; absent: a new one. */
  readonly salt?: Buffer;
}

interface Verdict {
  readonly reason: DecisionReason;
  readonly ruleIds: readonly string[];
  readonly failed: readonly FailedClause[];
  readonly candidates: readonly CompiledRule[];
  readonly notAfter: Date | null;
}

const verdict = (reason: DecisionReason, more: Partial<Verdict> = {}): Verdict => ({
  reason,
  ruleIds: [],
  failed: [],
  candidates: [],
  notAfter: null,
  ...more,
});

/**
 * Decides one request against one snapshot, in one tick and without I/O. Never throws: what is missing, stale or throws
 * is a deny.
 * @see policy section 4
 */
export function decide(
  engine: DataEngine | undefined,
  snapshot: Snapshot,
  question: DataQuestion,
): Decision {
  let attributes = freezeAttributes({});
  try {
    const now = question.now.toISOString();
    attributes = freezeAttributes({ ...question.attributes, 'request.now': now });
    const judged =
      engine && isFresh(snapshot, question.now)
        ? judge(engine, snapshot, { ...question, attributes })
        : verdict('policy_unavailable');
    return record(snapshot, question, attributes, judged);
  } catch {
    return record(snapshot, question, attributes, verdict('policy_unavailable'));
  }
}

// A clock set back makes `confirmedAt` a time to come: stale too, or the snapshot would stay fresh until then.
export function isFresh(snapshot: Snapshot, now: Date): boolean {
  const age = now.getTime() - snapshot.confirmedAt;
  return age >= 0 && age <= STALE_MS;
}

type Checked = Omit<DataQuestion, 'attributes'> & { readonly attributes: Attributes };

function judge(engine: DataEngine, snapshot: Snapshot, question: Checked): Verdict {
  const { attributes, key } = question;
  const found = candidatesOf(snapshot, key);
  const organisationId = attributes['subject.organisationId'];
  const isRecipient =
    typeof organisationId === 'string' && found.allow?.recipients.includes(organisationId) === true;
  if (!found.allow || !isRecipient) {
    return verdict('no_agreement', { failed: [notRecipient(attributes, found.allow)] });
  }
  const allow = narrow(found.allow, question.narrowing);
  const candidates = [allow, ...found.denies];
  const isAllowed = engine.allows(candidates, casbinRequest(attributes), key.action);
  const walked = walk(allow, found.denies, attributes);
  if (isAllowed !== (walked.reason === 'allowed')) {
    return verdict('engine_error', { candidates });
  }
  const end = isAllowed ? notAfter(candidates, attributes, question.now) : null;
  return { ...walked, candidates, notAfter: end };
}

// The tree walk: every candidate, evaluated apart from the engine, for the explanation and as a check on it.
function walk(
  allow: CompiledRule,
  denies: readonly CompiledRule[],
  attributes: Attributes,
): Verdict {
  const firing = denies.filter((rule) => evaluateCondition(rule.condition, attributes) !== false);
  const failed = [
    ...firing.flatMap((rule) => clausesOf(rule, blame(rule.condition, attributes, false))),
    ...clausesOf(allow, blame(allow.condition, attributes, true)),
  ];
  if (firing.length === 0 && failed.length === 0) {
    return verdict('allowed', { ruleIds: [allow.id] });
  }
  return verdict(reasonOf(firing, failed), { ruleIds: firing.map(({ id }) => id), failed });
}

function reasonOf(
  firing: readonly CompiledRule[],
  failed: readonly FailedClause[],
): DecisionReason {
  if (failed.some(({ path, actual }) => path === 'request.country' && actual === null)) {
    return 'country_unknown';
  }
  if (firing.length === 0) {
    return 'condition_failed';
  }
  return firing.some(({ datasetId }) => datasetId === null) ? 'guardrail' : 'denied_by_rule';
}

function clausesOf(rule: CompiledRule, leaves: readonly FailedLeaf[]): readonly FailedClause[] {
  return leaves.map((leaf) => ({
    ...leaf,
    ruleId: rule.id,
    agreement: rule.reference,
    guardrail: rule.guardrailId,
  }));
}

function notRecipient(attributes: Attributes, allow: CompiledRule | undefined): FailedClause {
  return {
    ruleId: null,
    agreement: allow?.reference ?? null,
    guardrail: null,
    clause: '/parties',
    path: 'subject.organisationId',
    op: 'in',
    wanted: true,
    // Who else is a recipient is not the caller's to know.
    expected: 'a recipient of the agreement version',
    actual: attributes['subject.organisationId'] ?? null,
  };
}

function record(
  { version }: Snapshot,
  { decisionId, now, key, narrowing = null, salt }: DataQuestion,
  attributes: Attributes,
  judged: Verdict,
): Decision {
  const { reason, ruleIds, failed, candidates } = judged;
  const attributesSalt = salt ?? randomBytes(32);
  const attributesText = canonicalJson({ ...attributes });
  const hash = createHash('sha256').update(HASH_DOMAIN).update(attributesSalt);
  return {
    decisionId,
    key,
    narrowing,
    outcome: reason === 'allowed' ? 'allow' : 'deny',
    reason,
    policyVersion: version,
    attributesHash: hash.update(attributesText).digest(),
    attributesSalt,
    attributesText,
    ruleIds,
    failed,
    explanation: explanationOf(reason, failed, candidates),
    decidedAt: now,
    notAfter: judged.notAfter,
  };
}
