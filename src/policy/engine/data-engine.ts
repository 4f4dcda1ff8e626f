import { Enforcer, FunctionMap, newModelFromString } from 'casbin';
import type { Action } from '../attributes.js';
import type { Test } from './compile-condition.js';
import { checkDataModel } from './check-data-model.js';
import { loadModel } from './model-fault.js';
import type { CasbinRequest } from './request.js';
import type { CompiledRule } from './snapshot.js';

/** Casbin copies every function that it knows for each rule that it looks at: this one knows ours alone. */
class BareEnforcer extends Enforcer {
  forgetFunctions(): void {
    this.fm = new FunctionMap();
  }
}

/**
 * Casbin over a handful of candidate rules: one constant matcher, no evaluated text. The enforcer is private, filled and
 * emptied in one tick, so no other decision ever sees its rules.
 */
export class DataEngine {
  private tests: ReadonlyMap<string, Test> = new Map();

  private constructor(private readonly enforcer: Enforcer) {}

  /**
   * @param model the text of `policies/model.conf`.
   * @throws Error when the text is no model, or not this one: the boot stops.
   */
  static load(model: string): Promise<DataEngine> {
    return loadModel(() => DataEngine.over(model));
  }

  private static async over(model: string): Promise<DataEngine> {
    const enforcer = new BareEnforcer();
    await enforcer.initWithModelAndAdapter(newModelFromString(model));
    enforcer.forgetFunctions();
    const engine = new DataEngine(enforcer);
    await enforcer.addFunction('holdsRole', () => false);
    await enforcer.addFunction('covers', () => false);
    await enforcer.addFunction('holds', engine.holds);
    checkDataModel(engine.allows.bind(engine));
    return engine;
  }

  /**
   * @returns true only for a plain allow.
   * @throws Error when Casbin throws or answers anything but a boolean with its explanation.
   */
  allows(candidates: readonly CompiledRule[], request: CasbinRequest, action: Action): boolean {
    // An empty policy takes another path through Casbin, which can answer true (policy section 8).
    if (candidates.length === 0) {
      return false;
    }
    const ast = this.enforcer.getModel().model.get('p')?.get('p');
    if (!ast) {
      throw new Error('The model has no policy definition');
    }
    this.tests = new Map(candidates.map(({ hash, test }) => [hash, test]));
    ast.policy = candidates.map((rule) => [
      rule.id,
      rule.datasetId ?? '*',
      rule.action,
      rule.hash,
      rule.effect,
    ]);
    try {
      const { sub, obj, env } = request;
      const answer: unknown = this.enforcer.enforceExSync(sub, obj, action, env);
      if (!Array.isArray(answer) || typeof answer[0] !== 'boolean') {
        throw new Error('Casbin answered without an explanation');
      }
      return answer[0];
    } finally {
      ast.policy = [];
      this.tests = new Map();
    }
  }

  // Unknown fails an allow and triggers a deny (R4.2); an unknown hash throws.
  private readonly holds = (
    sub: CasbinRequest['sub'],
    obj: CasbinRequest['obj'],
    env: CasbinRequest['env'],
    hash: string,
    effect: string,
  ): boolean => {
    const test = this.tests.get(hash);
    if (!test) {
      throw new Error('A condition that is not a candidate');
    }
    const truth = test({ sub, obj, env });
    return effect === 'deny' ? truth !== false : truth === true;
  };
}
