import type { Action } from '../attributes.js';
import type { Truth } from './compile-condition.js';
import type { CasbinRequest } from './request.js';
import type { CompiledRule } from './snapshot.js';

const DATASET_ID = 'dataset';
const ACTION: Action = 'dataset:read';

type Allows = (
  candidates: readonly CompiledRule[],
  request: CasbinRequest,
  action: Action,
) => boolean;
type Probe = readonly [truth: Truth, effect: 'allow' | 'deny', changes?: Partial<CompiledRule>];

const ALLOW: Probe = [true, 'allow'];
const KNOWN_ANSWERS: readonly (readonly [answer: boolean, ...probes: readonly Probe[]])[] = [
  [true, ALLOW],
  [false, [false, 'allow']],
  [false, [undefined, 'allow']],
  [true, ALLOW, [false, 'deny']],
  [false, ALLOW, [true, 'deny']],
  [false, [true, 'deny'], ALLOW],
  [false, ALLOW, [undefined, 'deny']],
  [false, ALLOW, [true, 'deny', { datasetId: null }]],
  [true, ALLOW, [true, 'deny', { datasetId: 'another' }]],
  [true, ALLOW, [true, 'deny', { action: 'view:read' }]],
  [false, [false, 'deny']],
  [false, [true, 'allow', { datasetId: 'another' }]],
  [false, [true, 'allow', { action: 'view:read' }]],
  [false, [true, 'allow', { id: '' }]],
];

/**
 * Asks the engine what the right model answers in one way only. Casbin takes almost any text for a model, and a lost
 * line or an edited effect would show first in a wrong decision.
 * @throws Error when an answer differs; the boot stops.
 */
export function checkDataModel(allows: Allows): void {
  for (const [answer, ...probes] of KNOWN_ANSWERS) {
    const given = allows(probes.map(ruleOf), requestFor(DATASET_ID), ACTION);
    if (given !== answer) {
      throw new Error('it does not decide data access as it must');
    }
  }
}

function ruleOf([truth, effect, changes]: Probe, at: number): CompiledRule {
  return {
    id: `probe-${String(at)}`,
    guardrailId: null,
    datasetId: DATASET_ID,
    action: ACTION,
    recipients: [],
    effect,
    condition: { op: 'eq', path: 'dataset.kind', value: 'probe' },
    agreementId: null,
    agreementVersion: null,
    reference: null,
    message: null,
    hash: `condition-${String(at)}`,
    test: (parts) => {
      requireParts(parts);
      return truth;
    },
    bounds: [],
    ...changes,
  };
}

function requestFor(id: string): CasbinRequest {
  return {
    sub: { 'subject.kind': 'probe' },
    obj: { id, 'dataset.kind': 'probe' },
    env: { 'request.purpose': 'probe' },
  };
}

// A condition that is handed another part of the request finds nothing in it, and everything is denied.
function requireParts({ sub, obj, env }: Parameters<CompiledRule['test']>[0]): void {
  if (!(sub['subject.kind'] && obj['dataset.kind'] && env['request.purpose'])) {
    throw new Error('it does not hand a condition what it decides on');
  }
}
