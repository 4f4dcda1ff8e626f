import { DataEngine } from '../../src/policy/engine/data-engine.js';
import { CasbinOperationDecision } from '../../src/policy/engine/operation-decision.casbin.js';
import { policiesFolder, readModel, readRoles } from '../../src/policy/storage/policy-files.js';

const model = readModel(policiesFolder());
const roles = readRoles(policiesFolder());

const boot = async (text: string): Promise<void> => {
  await DataEngine.load(text);
  await CasbinOperationDecision.load(text, roles);
};

/** What a slip of the hand makes of an operator, a name or a value of the effects and matchers. */
const SLIPS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/&&/g, ['||']],
  [/\|\|/g, ['&&']],
  [/==/g, ['!=', '<', '>']],
  [/!=/g, ['==']],
  [/!some/g, ['some']],
  [/(?<!!)some/g, ['!some']],
  [/\ballow\b/g, ['deny', 'indeterminate']],
  [/\bdeny\b/g, ['allow', 'indeterminate']],
  [/""/g, ['"*"', 'p.id', 'p2.role']],
  [/"\*"/g, ['""', 'r.obj.id', 'p.obj']],
  [
    /\bp2?\.\w+/g,
    ['p.id', 'p.obj', 'p.act', 'p.cond', 'p.eft', 'p2.role', 'p2.op', 'p2.scope', 'true'],
  ],
  [
    /\br2?\.\w+(\.id)?/g,
    ['r.sub', 'r.obj.id', 'r.act', 'r.env', 'r2.roles', 'r2.op', 'r2.scope', 'true'],
  ],
  [/\b(holds|holdsRole|covers)\(/g, ['!holds(', '!holdsRole(', '!covers(', 'keyMatch(']],
];

interface Mutant {
  readonly line: string;
  readonly slip: string;
  readonly text: string;
}

function mutantsOf(line: string): readonly Mutant[] {
  return SLIPS.flatMap(([pattern, slips]) =>
    [...line.matchAll(pattern)].flatMap(({ index, 0: found }) =>
      slips
        .filter((slip) => slip !== found)
        .map((slip) => {
          const changed = line.slice(0, index) + slip + line.slice(index + found.length);
          const name = line.slice(0, line.indexOf(' '));
          return {
            line: name,
            slip: `${found} at ${String(index)} becomes ${slip}`,
            text: model.replace(line, () => changed),
          };
        }),
    ),
  );
}

const lines = model.split('\n').filter((line) => line !== '');
const rules = lines.filter((line) => /^(e2?|m2?) = /.test(line));

describe('a model.conf that is one slip away from the right one stops the boot', () => {
  it('while the right one does not', async () => {
    await expect(boot(model)).resolves.toBeUndefined();
  });

  it.each(rules.flatMap(mutantsOf))('$line: $slip', async ({ text }) => {
    expect(text).not.toBe(model);
    await expect(boot(text)).rejects.toThrow();
  });

  it.each(lines)('without the line %s', async (line) => {
    await expect(boot(model.replace(`${line}\n`, ''))).rejects.toThrow();
  });
});
