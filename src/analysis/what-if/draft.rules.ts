import type { Action } from '../../policy/attributes.js';
import type { CompiledAgreementRule } from '../../policy/compile-agreement.js';
import type { Condition } from '../../policy/condition.js';
import type { PolicyRule, RuleKey } from '../../policy/policy.types.js';

/** Rules that nobody has published. */
export interface Draft {
  readonly agreement: {
    readonly id: string;
    readonly rules: readonly CompiledAgreementRule[];
  } | null;
  readonly guardrails: readonly {
    readonly id: string;
    readonly datasetId: string | null;
    readonly actions: readonly Action[];
    /** Null withdraws it. */
    readonly condition: Condition | null;
  }[];
}

/** The decisions that a draft could change: those of its agreement, or on its datasets; all, for anything wider. */
export function scopeOf({ agreement, guardrails }: Draft): {
  readonly agreementId: string | null;
  readonly datasetIds: readonly string[] | null;
} {
  const datasetIds = guardrails.flatMap(({ datasetId }) => datasetId ?? []);
  const isOfDatasets = agreement === null && datasetIds.length === guardrails.length;
  return {
    agreementId: agreement !== null && guardrails.length === 0 ? agreement.id : null,
    datasetIds: isOfDatasets ? datasetIds : null,
  };
}

/** The rules of a key, as they would have been with the draft in the place of what it replaces. */
export function underDraft(
  rules: readonly PolicyRule[],
  draft: Draft,
  key: RuleKey,
): readonly PolicyRule[] {
  const kept = rules.filter((rule) => !isReplaced(rule, draft));
  return [...kept, ...allowOf(draft, key), ...deniesOf(draft, key)];
}

function isReplaced(
  { effect, agreementId, guardrailId, datasetId }: PolicyRule,
  draft: Draft,
): boolean {
  return effect === 'allow'
    ? draft.agreement?.id === agreementId
    : draft.guardrails.some((one) => one.id === guardrailId && one.datasetId === datasetId);
}

function allowOf({ agreement }: Draft, key: RuleKey): readonly PolicyRule[] {
  const rule =
    agreement?.id === key.agreementId
      ? agreement.rules.find((one) => one.datasetId === key.datasetId && one.action === key.action)
      : undefined;
  return rule
    ? [
        {
          ...rule,
          id: 'draft',
          guardrailId: null,
          effect: 'allow',
          agreementId: key.agreementId,
          agreementVersion: key.agreementVersion,
          reference: 'the draft',
          message: null,
        },
      ]
    : [];
}

function deniesOf({ guardrails }: Draft, { datasetId, action }: RuleKey): readonly PolicyRule[] {
  return guardrails.flatMap((one) =>
    one.condition === null ||
    !one.actions.includes(action) ||
    (one.datasetId !== null && one.datasetId !== datasetId)
      ? []
      : [
          {
            id: `draft ${one.id}`,
            guardrailId: one.id,
            datasetId: one.datasetId,
            action,
            recipients: [],
            effect: 'deny',
            condition: one.condition,
            agreementId: null,
            agreementVersion: null,
            reference: null,
            message: 'The draft denies it',
          },
        ],
  );
}
