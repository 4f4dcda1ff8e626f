import type { Decision } from '../../policy/decision.js';
import type { PolicyTexts } from './policy-folder.js';
import type { PolicyMatrix } from './policy-matrix.js';

/** What no matrix tries: a text that nothing tests may say anything. */
export interface Gap {
  /** An agreement's file, or a guardrail's id. */
  readonly subject: string;
  readonly lacks: string;
}

/** Which agreements and guardrails have been seen to let something pass and to deny something (policy section 6). */
export class Coverage {
  private readonly outcomes = new Set<string>();
  private readonly fired = new Set<string>();

  add({ agreement, action }: PolicyMatrix, { outcome, failed }: Decision): void {
    this.outcomes.add(`${agreement} ${outcome}`);
    if (outcome === 'allow') {
      this.outcomes.add(`${action} allow`);
    }
    failed.forEach(({ guardrail }) => guardrail !== null && this.fired.add(guardrail));
  }

  /** Agreements, and the guardrails of the folder: the broker's own are tried by the broker's tests. */
  gaps({ fixtures, guardrails, ownTexts }: PolicyTexts): readonly Gap[] {
    const own = ownTexts.has('guardrails.csv') ? guardrails : [];
    return [
      ...[...fixtures.values()].flatMap(({ name, rules }) => [
        // A framework has no rules: nothing can be granted under it.
        ...when(rules.length > 0 && !this.outcomes.has(`${name} allow`), name, 'granted'),
        ...when(!this.outcomes.has(`${name} deny`), name, 'denied'),
      ]),
      ...[...new Set(own.map(({ guardrailId }) => guardrailId ?? ''))].flatMap((id) => {
        const actions = own.filter(({ guardrailId }) => guardrailId === id);
        const passes = actions.some(({ action }) => this.outcomes.has(`${action} allow`));
        return [
          ...when(!passes, id, 'granted for an action of it'),
          ...when(!this.fired.has(id), id, 'denied by it'),
        ];
      }),
    ];
  }
}

function when(isGap: boolean, subject: string, verdict: string): readonly Gap[] {
  return isGap ? [{ subject, lacks: `no cell is ${verdict}` }] : [];
}
