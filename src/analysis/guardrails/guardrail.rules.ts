import { ConcordatError } from '../../kernel/errors.js';
import { ACTIONS, type Action } from '../../policy/attributes.js';
import type {
  Guardrail,
  GuardrailChange,
  GuardrailKey,
  GuardrailText,
} from '../../policy/guardrail.js';
import { parseCondition } from '../../policy/parse-condition.js';

/** What somebody asks for; checked field by field, but for the condition. */
export interface AskedGuardrail {
  readonly id: string;
  readonly actions?: readonly Action[];
  readonly datasetId?: string | null;
  readonly condition: object | null;
  readonly message?: string;
}

/**
 * The change that is asked for.
 * @throws ConcordatError `condition_invalid`, `input_invalid` (422) with a pointer into the body.
 */
export function changeOf(asked: AskedGuardrail, baseVersion: number): GuardrailChange {
  const { id, actions = [], condition, message = '' } = asked;
  const datasetId = asked.datasetId?.toLowerCase() ?? null;
  checkId({ id, datasetId });
  // In one order, so that the same change reads the same.
  const named = ACTIONS.filter((action) => actions.includes(action));
  const text =
    condition === null
      ? null
      : { actions: named, condition: parseCondition(condition, '/condition'), message };
  return { id, datasetId, text, baseVersion };
}

/**
 * @param at pointer to the guardrail in the body.
 * @throws ConcordatError `input_invalid` (422) when the id does not say whose rule it is.
 */
export function checkId({ id, datasetId }: GuardrailKey, at = ''): void {
  if (id.startsWith('D') !== (datasetId !== null)) {
    const [letter, whose] = datasetId === null ? ['G', 'all datasets'] : ['D', 'one dataset'];
    refuse(`${at}/id`, `must start with ${letter}: it is a rule of ${whose}`);
  }
}

/**
 * A withdrawal is of what is in force, and of all of it.
 * @throws ConcordatError `input_invalid` (422).
 */
export function requireWithdrawable(asked: AskedGuardrail, open: Guardrail | undefined): void {
  if (!open) {
    refuse('/id', 'names no guardrail in force');
  }
  const { actions = open.actions } = asked;
  const isWhole =
    actions.length === open.actions.length && open.actions.every((one) => actions.includes(one));
  if (!isWhole) {
    refuse('/actions', `must be ${open.actions.join(', ')}, for all of it is withdrawn`);
  }
}

/** As the approval keeps it, and shows it to the second person. */
export function toProposed({ id, datasetId, text, baseVersion }: GuardrailChange) {
  const { actions, condition, message } = text ?? { actions: [], condition: null, message: null };
  return { id, datasetId, actions, condition, message, baseVersion };
}

/** What `toProposed` made, read back and judged anew: what was checked is what decides. */
export function fromProposed(change: Readonly<Record<string, unknown>>): GuardrailChange {
  const { id, datasetId, actions, condition, message, baseVersion } = change as ReturnType<
    typeof toProposed
  >;
  const text: GuardrailText | null =
    condition === null
      ? null
      : { actions, condition: parseCondition(condition, '/condition'), message: message ?? '' };
  return { id, datasetId, text, baseVersion };
}

function refuse(pointer: string, reason: string): never {
  throw new ConcordatError('input_invalid', { errors: [{ pointer, reason }] });
}
