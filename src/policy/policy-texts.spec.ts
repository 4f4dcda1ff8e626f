import { rmSync } from 'node:fs';
import {
  policyFolderWith,
  removePolicyFolders,
  type PolicyFile,
} from '../../test/support/policy-folder.js';
import { OPERATION_SCOPES } from '../identity/operation-decision.js';
import { OPERATIONS, type Operation } from '../identity/operations.js';
import { ROLES, type Role } from '../identity/roles.js';
import { ACTIONS } from './attributes.js';
import { DataEngine } from './engine/data-engine.js';
import { CasbinOperationDecision } from './engine/operation-decision.casbin.js';
import { policiesFolder, readGuardrails, readModel, readRoles } from './storage/policy-files.js';

const folder = policiesFolder();
const rows = readRoles(folder);
const operations = await CasbinOperationDecision.load(readModel(folder), rows);

const rowsOf = (role: Role): ReadonlySet<Operation> =>
  new Set(rows.filter((row) => row.role === role).map(({ operation }) => operation));

describe('roles.csv', () => {
  it('names every operation of the broker, and no other', () => {
    expect(new Set(rows.map(({ operation }) => operation))).toEqual(new Set(OPERATIONS));
  });

  it('gives every role something to do', () => {
    expect(new Set(rows.map(({ role }) => role))).toEqual(new Set(ROLES));
  });

  it('gives each role an operation once', () => {
    const pairs = rows.map(({ role, operation }) => `${role} ${operation}`);
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  it.each<[string, Role, readonly Operation[]]>([
    [
      // Who runs reviews (R3.18) may call the route: accepting one is for a party's dpo, by the lifecycle.
      'the ig_officer never grants, decides, drafts or signs (domain.md section 1)',
      'ig_officer',
      [
        'access_request:create',
        'access_request:decide',
        'grant:issue',
        'grant:refresh',
        'agreement:draft',
        'agreement:edit',
        'agreement:submit',
        'agreement:sign',
        'project:activate',
      ],
    ],
    [
      'the platform_admin takes no decision and gives no sign-off (domain.md section 1)',
      'platform_admin',
      [
        'access_request:create',
        'access_request:decide',
        'grant:issue',
        'agreement:draft',
        'agreement:review',
        'agreement:sign',
        'agreement:terminate',
        'audit:read',
      ],
    ],
    [
      'the duties that R1.2 keeps apart share no power over audit',
      'data_owner',
      ['audit:read', 'person:suspend', 'agreement:suspend', 'agreement:sign', 'grant:issue'],
    ],
    [
      'the signatory binds, and neither drafts nor decides',
      'signatory',
      ['agreement:draft', 'agreement:edit', 'access_request:decide', 'grant:issue'],
    ],
    [
      'the dpo reviews, and neither drafts nor signs',
      'dpo',
      ['agreement:draft', 'agreement:edit', 'agreement:sign', 'access_request:decide'],
    ],
    [
      'the researcher asks and uses, and decides nothing',
      'researcher',
      ['access_request:decide', 'agreement:draft', 'agreement:sign', 'project:activate'],
    ],
  ])('%s', (_rule, role, forbidden) => {
    const held = rowsOf(role);
    expect(forbidden.filter((operation) => held.has(operation))).toEqual([]);
    for (const operation of forbidden) {
      expect(operations.holdsAnywhere([role], operation)).toBe(false);
    }
  });

  it('lets only operator roles reach beyond their own organisation (R1.1)', () => {
    const far = new Set(rows.filter(({ scope }) => scope === 'platform').map(({ role }) => role));
    expect(far).toEqual(new Set(['ig_officer', 'platform_admin']));
  });
});

describe('the operation decision', () => {
  it('allows exactly the rows, each in its scope and narrower ones', () => {
    for (const role of ROLES) {
      for (const operation of OPERATIONS) {
        const row = rows.find((one) => one.role === role && one.operation === operation);
        const reach = row ? OPERATION_SCOPES.indexOf(row.scope) : -1;
        const allowed = OPERATION_SCOPES.map((scope) =>
          operations.allows({ roles: [role], operation, scope }),
        );
        expect([role, operation, ...allowed]).toEqual([
          role,
          operation,
          ...OPERATION_SCOPES.map((_scope, at) => at <= reach),
        ]);
      }
    }
  });

  it('refuses whoever has no role, and whatever is no role, operation or scope', () => {
    const question = { roles: ['researcher'], operation: 'grant:issue', scope: 'own' } as const;
    expect(operations.allows(question)).toBe(true);
    expect(operations.allows({ ...question, roles: [] })).toBe(false);
    expect(operations.allows({ ...question, roles: ['' as Role] })).toBe(false);
    expect(operations.allows({ ...question, roles: ['*' as Role] })).toBe(false);
    expect(operations.allows({ ...question, operation: '' as Operation })).toBe(false);
    expect(operations.allows({ ...question, scope: 'universe' as 'own' })).toBe(false);
  });

  it('lets a deny row beat an allow of another role, in any order', async () => {
    const allow = {
      role: 'researcher',
      operation: 'grant:issue',
      scope: 'own',
      effect: 'allow',
    } as const;
    const deny = { ...allow, role: 'dpo', effect: 'deny' } as const;
    for (const table of [
      [allow, deny],
      [deny, allow],
    ]) {
      const decision = await CasbinOperationDecision.load(readModel(folder), table);
      const question = { operation: 'grant:issue', scope: 'own' } as const;
      expect(decision.allows({ ...question, roles: ['researcher'] })).toBe(true);
      expect(decision.allows({ ...question, roles: ['researcher', 'dpo'] })).toBe(false);
    }
  });

  it('does not mistake one list of roles for another', () => {
    const odd = {
      roles: ['researcher signatory' as Role],
      operation: 'grant:issue',
      scope: 'own',
    } as const;
    expect(operations.allows(odd)).toBe(false);
    expect(operations.allows({ ...odd, roles: ['researcher', 'signatory'] })).toBe(true);
  });
});

describe('guardrails.csv', () => {
  it('guards every action but asking', () => {
    const guarded = new Set(readGuardrails(folder).flatMap(({ actions }) => actions));
    expect(guarded).toEqual(new Set(ACTIONS.filter((action) => action !== 'dataset:request')));
  });
});

describe('a faulty policy text stops the boot', () => {
  afterAll(removePolicyFolders);

  const boot = async (texts: URL): Promise<void> => {
    readGuardrails(texts);
    await DataEngine.load(readModel(texts));
    await CasbinOperationDecision.load(readModel(texts), readRoles(texts));
  };
  const replaced = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
  const appended = (row: string) => (text: string) => `${text}${row}\n`;

  it('while the shipped texts do not', async () => {
    await expect(boot(folder)).resolves.toBeUndefined();
  });

  it.each<[string, PolicyFile, (text: string) => string]>([
    ['an empty model', 'model.conf', () => ''],
    ['a model that is no INI', 'model.conf', () => '{"m": true}'],
    ['no matcher', 'model.conf', replaced(/^m = .*$/m, '')],
    ['no second matcher', 'model.conf', replaced(/^m2 = .*$/m, '')],
    ['no effect', 'model.conf', replaced(/^e = .*$/m, '')],
    ['a matcher that does not parse', 'model.conf', replaced('m = p.id', 'm = (p.id')],
    ['a function nobody defines', 'model.conf', replaced('holds(', 'held(')],
    ['an effect without an allow', 'model.conf', replaced(/^e = .* && /m, 'e = ')],
    ['an effect without a deny', 'model.conf', replaced(/^(e = .*) && .*$/m, '$1')],
    ['a second effect without a deny', 'model.conf', replaced(/^(e2 = .*) && .*$/m, '$1')],
    ['a priority effect', 'model.conf', replaced(/^e = .*$/m, 'e = priority(p.eft) || deny')],
    ['a matcher that forgets the id', 'model.conf', replaced('p.id != "" && ', '')],
    ['a matcher that forgets the dataset', 'model.conf', replaced(/\(p\.obj.*?\) && /, '')],
    ['a matcher that forgets the action', 'model.conf', replaced('p.act == r.act && ', '')],
    ['a matcher that forgets the condition', 'model.conf', replaced(/ && holds\(.*$/m, '')],
    ['a guardrail that misses "*"', 'model.conf', replaced(' || p.obj == "*"', '')],
    [
      'an operation matcher that forgets the role',
      'model.conf',
      replaced(/ && holdsRole\(.*?\)/, ''),
    ],
    ['an operation matcher that forgets the scope', 'model.conf', replaced(/ && covers\(.*$/m, '')],
    [
      'an operation matcher that forgets the operation',
      'model.conf',
      replaced(' && p2.op == r2.op', ''),
    ],
    ['columns in another order', 'model.conf', replaced('p = id, obj, act', 'p = id, act, obj')],

    ['no role', 'roles.csv', () => ''],
    ['another header', 'roles.csv', replaced('role,operation', 'role,operations')],
    ['a byte order mark', 'roles.csv', (text) => `\ufeff${text}`],
    ['a comment', 'roles.csv', appended('# nobody else')],
    ['an empty line', 'roles.csv', appended('')],
    ['an unknown role', 'roles.csv', appended('mayor,grant:issue,own,allow')],
    ['an unknown operation', 'roles.csv', appended('dpo,grant:bless,own,allow')],
    ['a wildcard', 'roles.csv', appended('dpo,*,own,allow')],
    ['an unknown scope', 'roles.csv', appended('dpo,grant:issue,universe,allow')],
    ['an unknown effect', 'roles.csv', appended('dpo,grant:issue,own,permit')],
    ['an inherited name for a role', 'roles.csv', appended('constructor,grant:issue,own,allow')],
    ['a blank before a value', 'roles.csv', appended('dpo, grant:issue,own,allow')],
    ['a missing column', 'roles.csv', appended('dpo,grant:issue,own')],
    ['a further column', 'roles.csv', appended('dpo,grant:issue,own,allow,really')],
    ['an open quote', 'roles.csv', appended('"dpo,grant:issue,own,allow')],
    ['a quote inside a field', 'roles.csv', appended('d"p"o,grant:issue,own,allow')],
    ['a row given twice', 'roles.csv', appended('data_owner,agreement:draft,organisation,allow')],

    ['no guardrail', 'guardrails.csv', (text) => text.slice(0, text.indexOf('\n') + 1)],
    ['another header', 'guardrails.csv', replaced('id,actions', 'name,actions')],
    ['a condition that is no JSON', 'guardrails.csv', replaced('{""op""', '{op')],
    [
      'a condition with an unknown attribute',
      'guardrails.csv',
      replaced('project.status', 'project.state'),
    ],
    [
      'a condition with a mistyped value',
      'guardrails.csv',
      replaced('""value"":1', '""value"":""1""'),
    ],
    [
      'a condition with a further member',
      'guardrails.csv',
      replaced('{""op""', '{""eval"":1,""op""'),
    ],
    ['an id given twice', 'guardrails.csv', replaced('G02', 'G01')],
    ['an id of another form', 'guardrails.csv', replaced('G01', 'first')],
    ['an unknown action', 'guardrails.csv', replaced('dataset:read ', 'dataset:see ')],
    ['a wildcard action', 'guardrails.csv', replaced('dataset:read ', '* ')],
    ['an action given twice', 'guardrails.csv', replaced('dataset:read ', 'view:read ')],
    ['no message', 'guardrails.csv', replaced('Sign in with two factors', ' ')],
  ])('%s in %s', async (_fault, file, plant) => {
    await expect(boot(policyFolderWith(file, plant))).rejects.toThrow(file);
  });

  it.each<PolicyFile>(['model.conf', 'roles.csv', 'guardrails.csv'])('no %s', async (file) => {
    const texts = policyFolderWith(file, (text) => `${text}\n`);
    rmSync(new URL(file, texts));
    await expect(boot(texts)).rejects.toThrow(file);
  });

  it('too many guardrails for one action', async () => {
    const row = (at: number): string =>
      `G${String(at)},view:read,"{""op"":""eq"",""path"":""request.dpop"",""value"":true}",No\n`;
    const many = Array.from({ length: 12 }, (_item, at) => row(100 + at)).join('');
    const texts = policyFolderWith('guardrails.csv', (text) => `${text}${many}`);
    await expect(boot(texts)).rejects.toThrow(
      'guardrails.csv has more than 16 rules for view:read',
    );
  });

  it('and the error names the file', async () => {
    const texts = policyFolderWith('roles.csv', (text) =>
      text.replace('role,operation', 'role,name'),
    );
    await expect(boot(texts)).rejects.toThrow('roles.csv must start with the header');
  });
});
