import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownPolicyFolder, removePolicyFolders } from '../../../test/support/policy-folder.js';
import { policiesFolder } from '../../policy/storage/policy-files.js';
import { UsageError } from '../usage-error.js';
import { policyCheck } from './policy-check.js';

const SHIPPED = fileURLToPath(policiesFolder());
const READ = 'fixtures/con-2026-0001.json: dataset:read 01990000-0000-7000-8000-0000000000d1';

let folder: string;
let write: ReturnType<typeof ownPolicyFolder>['write'];
let lines: string[];
const say = (line: string): void => void lines.push(line);

beforeEach(() => {
  ({ path: folder, write } = ownPolicyFolder());
  lines = [];
});
afterEach(removePolicyFolders);

const shipped = (name: string): string => readFileSync(join(SHIPPED, name), 'utf8');
const guardrails = (...rows: readonly [id: string, condition: object][]): string =>
  [
    'id,actions,condition,message',
    ...rows.map(
      ([id, condition]) =>
        `${id},dataset:read,"${JSON.stringify(condition).replaceAll('"', '""')}",Not here`,
    ),
    '',
  ].join('\n');
const refusal = (...args: string[]): Promise<string> =>
  policyCheck(args, say).then(
    (code) => `none, but ${String(code)}`,
    (error: unknown) => (error instanceof UsageError ? error.message : `another: ${String(error)}`),
  );

describe('concordat policy check', () => {
  it('finds nothing in the shipped texts, named or not', async () => {
    for (const args of [[], [folder]]) {
      lines = [];
      expect(await policyCheck(args, say)).toBe(0);
      expect(lines).toEqual(['2 agreements, 20 guardrail rules: 0 findings']);
    }
  });

  it('finds an agreement that a guardrail leaves nothing, and names file, rule, guardrail and clause', async () => {
    write(
      'guardrails.csv',
      guardrails(
        ['G06', { op: 'gte', path: 'subject.authLevel', value: 2 }],
        ['G07', { op: 'eq', path: 'project.status', value: 'closed' }],
      ),
    );
    expect(await policyCheck([folder], say)).toBe(1);
    expect(lines[0]).toBe(`${READ} is shadowed by G06: /minAuth`);
    expect(lines.at(-1)).toBe('2 agreements, 2 guardrail rules: 2 findings');
  });

  it('finds what only two guardrails together leave nothing', async () => {
    write(
      'guardrails.csv',
      guardrails(
        ['G06', { op: 'eq', path: 'request.delivery', value: 'stream' }],
        ['G07', { op: 'eq', path: 'project.status', value: 'closed' }],
        ['G08', { op: 'notIn', path: 'request.delivery', value: ['stream', 'sts'] }],
      ),
    );
    expect(await policyCheck([folder], say)).toBe(1);
    expect(lines[0]).toBe(`${READ} is shadowed by G06, G08: /modes`);
  });

  it('finds an agreement that lets nobody in', async () => {
    const terms = JSON.parse(shipped('tests/fixtures/con-2026-0001.json')) as {
      parties: { dataRole: string }[];
    };
    const parties = terms.parties.map((party) => ({ ...party, dataRole: 'provider' }));
    write('tests/fixtures/con-2026-0001.json', JSON.stringify({ ...terms, parties }));
    expect(await policyCheck([folder], say)).toBe(1);
    expect(lines).toContain(`${READ} is unreachable: subject.organisationId`);
  });

  it('finds an agreement whose rules are too wide to analyse', async () => {
    const leaf = (at: number, path: string): object => ({
      op: 'contains',
      path,
      value: `c${String(at)}`,
    });
    const pairs = Array.from({ length: 13 }, (_, at) => ({
      op: 'any',
      of: [leaf(at, 'subject.roles'), leaf(at, 'dataset.tags')],
    }));
    write('guardrails.csv', guardrails(['G06', { op: 'not', of: { op: 'all', of: pairs } }]));
    expect(await policyCheck([folder], say)).toBe(1);
    expect(lines[0]).toBe(`${READ} is too wide to analyse (condition_unanalysable)`);
  });

  it('finds a row of roles.csv that another makes pointless', async () => {
    write(
      'roles.csv',
      `${shipped('roles.csv')}data_owner,store:read,own,allow\nsignatory,store:read,organisation,deny\n`,
    );
    expect(await policyCheck([folder], say)).toBe(1);
    expect(lines.filter((line) => line.startsWith('roles.csv'))).toEqual([
      'roles.csv: signatory store:read organisation allow is shadowed by signatory store:read organisation deny',
      'roles.csv: data_owner store:read own allow is shadowed by data_owner store:read organisation allow',
    ]);
  });

  it('warns of what nobody may, and of a guardrail that others stand for', async () => {
    const rows = shipped('roles.csv').replace(/^.*,agreement:draft,.*\n/gm, '');
    write('roles.csv', rows);
    write(
      'guardrails.csv',
      guardrails(
        ['G01', { op: 'lte', path: 'subject.authLevel', value: 0 }],
        ['G02', { op: 'lte', path: 'subject.authLevel', value: 1 }],
      ),
    );
    expect(await policyCheck([folder], say)).toBe(0);
    expect(lines.slice(0, 2)).toEqual([
      'warning: roles.csv: nobody may agreement:draft',
      'warning: guardrails.csv: G01 dataset:read is shadowed: others deny all that it denies',
    ]);
  });

  it('shows whom another folder let in and this one does not, by requests that flip', async () => {
    expect(await policyCheck([folder, '--against', SHIPPED], say)).toBe(0);
    expect(lines).toHaveLength(1);
    lines = [];
    write(
      'guardrails.csv',
      guardrails(['G01', { op: 'lte', path: 'subject.authLevel', value: 2 }]),
    );
    expect(await policyCheck([folder, '--against', SHIPPED], say)).toBe(0);
    const lost = lines.filter((line) => line.startsWith(`- ${READ} `));
    expect(lost.join()).toContain('"subject.authLevel":2');
    // The other shipped guardrails are gone: a project that is not active reads now.
    const won = lines.filter((line) => line.startsWith(`+ ${READ} `));
    expect(won.length).toBeGreaterThan(0);
  });

  it('shows what a recipient less loses', async () => {
    const terms = JSON.parse(shipped('tests/fixtures/con-2026-0001.json')) as {
      parties: { dataRole: string; organisationId: string }[];
    };
    const [provider, recipient] = terms.parties;
    const third = { ...recipient, organisationId: '01990000-0000-7000-8000-0000000000f1' };
    write(
      'tests/fixtures/con-2026-0001.json',
      JSON.stringify({ ...terms, parties: [provider, third] }),
    );
    expect(await policyCheck([folder, '--against', SHIPPED], say)).toBe(0);
    const about = (sign: string): string =>
      lines.filter((line) => line.startsWith(`${sign} ${READ} `)).join('\n');
    expect(about('+')).toContain('"subject.organisationId":"01990000-0000-7000-8000-0000000000f1"');
    expect(about('-')).toContain('"subject.organisationId":"01990000-0000-7000-8000-0000000000b1"');
  });

  const head = 'id,actions,condition,message\n';
  const rolesHead = 'role,operation,scope,effect\n';
  const guardrail = (condition: string): string =>
    `${head}G01,dataset:read,"${condition.replaceAll('"', '""')}",No\n`;
  const status = '{"op":"eq","path":"project.status","value":"a"}';

  it.each<[string, string, string | Uint8Array, string]>([
    ['guardrails.csv', 'of another header', 'id,actions\n', 'must start with the header'],
    ['guardrails.csv', 'without a guardrail', head, 'has no guardrail'],
    ['guardrails.csv', 'that is binary', Uint8Array.of(0xff, 0), 'is no UTF-8 text'],
    ['guardrails.csv', 'over a megabyte', 'x'.repeat(1_000_001), 'is over 1000000 bytes'],
    ['guardrails.csv', 'with an open quote', `${head}"G01`, 'does not parse'],
    [
      'guardrails.csv',
      'with a condition that is none',
      guardrail('{}'),
      'G01 has a condition that',
    ],
    [
      'guardrails.csv',
      'of an unknown attribute',
      guardrail(status.replace('project.status', 'project.mood')),
      'G01 has a condition that does not parse: /path is no attribute',
    ],
    [
      'guardrails.csv',
      'of an unknown operator',
      guardrail(status.replace('eq', 'like')),
      'G01 has a condition that does not parse: /op is no operator',
    ],
    [
      'guardrails.csv',
      'with a condition deeper than 6',
      guardrail(`${'{"op":"not","of":'.repeat(6)}${status}${'}'.repeat(6)}`),
      'is nested deeper than 6',
    ],
    [
      'guardrails.csv',
      'with a condition of endless depth',
      guardrail(`${'{"op":"not","of":'.repeat(20_000)}${status}${'}'.repeat(20_000)}`),
      'G01 has a condition that does not parse',
    ],
    [
      'guardrails.csv',
      'with an id twice',
      guardrail(status) + guardrail(status).slice(head.length),
      'gives an id twice',
    ],
    [
      'roles.csv',
      'of an unknown role',
      `${rolesHead}king,audit:read,own,allow\n`,
      'role king is unknown',
    ],
    [
      'roles.csv',
      'of an unknown operation',
      `${rolesHead}dpo,audit:forget,own,allow\n`,
      'operation audit:forget is unknown',
    ],
    [
      'roles.csv',
      'of an unknown scope',
      `${rolesHead}dpo,audit:read,all,allow\n`,
      'scope all is unknown',
    ],
    [
      'roles.csv',
      'with a row twice',
      `${shipped('roles.csv')}data_owner,store:read,organisation,allow\n`,
      'twice',
    ],
    ['model.conf', 'that is empty', '', 'model.conf'],
    ['model.conf', 'that is binary', Uint8Array.of(0xff, 0), 'is no UTF-8 text'],
    [
      'model.conf',
      'of another effect',
      shipped('model.conf').replace(/^(e = .*) && .*$/m, '$1'),
      'does not decide data access as it must',
    ],
    [
      'model.conf',
      'of another effect for operations',
      shipped('model.conf').replace(/^(e2 = .*) && .*$/m, '$1'),
      'does not decide operations as it must',
    ],
    ['tests/own.yaml', 'that is no matrix', '[]', 'has something else where members must be'],
    ['tests/fixtures/own.json', 'that is no agreement', '{}', '/kind is required'],
  ])('refuses %s %s', async (file, _what, text, message) => {
    write(file, text);
    const told = await refusal(folder);
    expect(told).toContain(message);
    expect(told.startsWith(file.replace('tests/', ''))).toBe(true);
    expect(told).not.toContain('\n');
    expect(told.length).toBeLessThan(500);
  });

  it('refuses what it was not asked for, and what is not there', async () => {
    for (const args of [['--agianst', SHIPPED], [folder, folder], ['--against']]) {
      expect(await refusal(...args)).toContain('Usage');
    }
    expect(await refusal(join(folder, 'nowhere'))).toContain('is no file or folder');
    expect(await refusal(folder, '--against', join(folder, 'nowhere'))).toContain('is no file');
  });
});
