import { freezeAttributes } from '../../policy/attributes.js';
import type { Decision } from '../../policy/decision.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import type { RecordedDecision } from '../replay/decision-store.repository.js';
import { differencesOf, type DecisionPart } from '../replay/difference.rules.js';
import { explained, type ExplanationView, type Reader } from './explained.js';

/** Why a decision cannot be made again. */
type Obstacle =
  /** The person was erased: what was known of them is gone. */
  | 'person_erased'
  /** Policy could not decide then: there were no rules to go by. */
  | 'policy_could_not_decide'
  /** It was recorded before it was kept what it was about. */
  | 'question_not_kept';

/** A recorded decision, why it came out so, and whether it does so again. */
export interface ReplayedExplanation {
  readonly decisionId: string;
  readonly outcome: RecordedDecision['outcome'];
  readonly reason: string;
  readonly policyVersion: number;
  readonly decidedAt: string;
  readonly notAfter: string | null;
  readonly action: string | null;
  readonly agreementVersion: number | null;
  /** In words; null where the words that were kept say what is not the reader's to know. */
  readonly explanation: string | null;
  /** Every comparison that counted and that the reader may see; none where it cannot be made again. */
  readonly clauses: ExplanationView['clauses'];
  readonly wouldNeed: readonly string[];
  readonly ruleIds: readonly string[];
  readonly replay: {
    readonly isPossible: boolean;
    readonly obstacle: Obstacle | null;
    /** Null where it is not possible. */
    readonly isSame: boolean | null;
    /** What of it came out otherwise. */
    readonly differs: readonly DecisionPart[];
  };
}

/** @param again the decision made again, with the rules of then; undefined where it cannot be. */
export function replayedExplanation(
  record: RecordedDecision,
  again: Decision | undefined,
  rules: readonly PolicyRule[],
  reader: Reader,
): ReplayedExplanation {
  const shared = {
    decisionId: record.id,
    outcome: record.outcome,
    reason: record.reason,
    policyVersion: record.policyVersion,
    decidedAt: record.decidedAt.toISOString(),
    notAfter: record.notAfter?.toISOString() ?? null,
    action: record.key?.action ?? null,
    agreementVersion: record.key?.agreementVersion ?? null,
    ruleIds: record.ruleIds,
  };
  if (!again) {
    const isOpen = reader.seesPerson || record.outcome === 'allow';
    return {
      ...shared,
      explanation: isOpen ? record.explanation : null,
      clauses: [],
      wouldNeed: [],
      replay: { isPossible: false, obstacle: obstacleOf(record), isSame: null, differs: [] },
    };
  }
  const attributes = freezeAttributes(JSON.parse(again.attributesText) as object);
  const differs = differencesOf(record, again);
  return {
    ...shared,
    ...explained(again, { rules, narrowing: record.narrowing, attributes }, reader),
    replay: { isPossible: true, obstacle: null, isSame: differs.length === 0, differs },
  };
}

function obstacleOf({ key, reason }: RecordedDecision): Obstacle {
  if (key === null) {
    return 'question_not_kept';
  }
  return reason === 'policy_unavailable' || reason === 'engine_error'
    ? 'policy_could_not_decide'
    : 'person_erased';
}
