import { ConcordatError } from '../../kernel/errors.js';
import type { Action } from '../../policy/attributes.js';

/** More deny rules than this on one dataset or for all of them would slow every decision (policy section 4). */
export const MAX_DENIES = 16;

/** An open rule of a guardrail: one for each of its actions. */
export interface OpenDeny {
  readonly id: string;
  readonly guardrailId: string;
  readonly datasetId: string | null;
  readonly action: Action;
}

/** What a change says of itself. */
export interface GuardrailKey {
  readonly id: string;
  readonly datasetId: string | null;
  readonly actions: readonly Action[];
}

/** @throws ConcordatError `input_invalid` when the id does not say whose it is. */
export function checkId({ id, datasetId }: Pick<GuardrailKey, 'id' | 'datasetId'>): void {
  if (id.startsWith('D') !== (datasetId !== null)) {
    const reason =
      datasetId === null
        ? 'must start with G: it is for every dataset'
        : 'must start with D: it is a rule of one dataset';
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/id', reason }] });
  }
}

/** The rules that a change takes the place of. */
export function replaced(open: readonly OpenDeny[], key: GuardrailKey): readonly OpenDeny[] {
  return open.filter(
    ({ guardrailId, datasetId }) => guardrailId === key.id && datasetId === key.datasetId,
  );
}

/** @throws ConcordatError `policy_bucket_full` (422) naming the action. */
export function checkRoom(open: readonly OpenDeny[], key: GuardrailKey): void {
  const others = open.filter(
    ({ guardrailId, datasetId }) => datasetId === key.datasetId && guardrailId !== key.id,
  );
  const full = key.actions.find(
    (action) => others.filter((rule) => rule.action === action).length >= MAX_DENIES,
  );
  if (full !== undefined) {
    throw new ConcordatError('policy_bucket_full', { action: full });
  }
}
