import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { policiesFolder } from '../../policy/storage/policy-files.js';
import { UsageError } from '../usage-error.js';
import { policyCheck } from './policy-check.js';
import { policyTest } from './policy-test.js';

/** An operator's own folder, beginning as the shipped one. */
let folder: string;
const lines: string[] = [];
const say = (line: string): void => void lines.push(line);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concordat-policies-'));
  cpSync(fileURLToPath(policiesFolder()), folder, { recursive: true });
  lines.length = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string, text: string): void => {
  writeFileSync(join(folder, name), text);
};
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof UsageError ? error.message : `another: ${String(error)}`),
  );

const MATRIX = `
agreement: fixtures/con-2026-0001.json
action: dataset:read
base:
  subject.organisationId: 01990000-0000-7000-8000-0000000000b1
  subject.authLevel: 2
  agreement.status: active
  agreement.partyStatus: active
  agreement.providerStatus: active
  request.purpose: https://w3id.org/dpv#AcademicResearch
  request.delivery: stream
matrix:
  project.status: [active, closed]
granted:
  - [active]
`;

describe('concordat policy test', () => {
  it('passes on the shipped texts, whose every cell is as it says', async () => {
    expect(await policyTest([folder], say)).toBe(0);
    expect(lines.at(-1)).toMatch(/^\d{3} cells, 0 wrong$/);
  });

  it('tells of each cell that is otherwise, and why', async () => {
    write('tests/own.yaml', MATRIX.replace('- [active]', '- [closed]'));
    expect(await policyTest([folder], say)).toBe(1);
    const own = lines.slice(lines.indexOf('own.yaml: 2 cells, 2 wrong'));
    expect(own[1]).toBe('  ["active"] should be denied: Allowed under CON-2026-0001.');
    expect(own[2]).toMatch(/^ {2}\["closed"\] should be granted: Refused: guardrail G02/);
  });

  it('tells when a cell is denied for something else than it says', async () => {
    write('tests/own.yaml', `${MATRIX}because:\n  - {cell: [closed], path: request.delivery}\n`);
    expect(await policyTest([folder], say)).toBe(1);
    expect(lines.join('\n')).toContain('should be denied for request.delivery');
  });

  it('tests the operator’s own guardrails', async () => {
    const own = `G06,dataset:read,"{""op"":""eq"",""path"":""request.delivery"",""value"":""stream""}",Not here`;
    write('guardrails.csv', `id,actions,condition,message\n${own}\n`);
    write('tests/own.yaml', MATRIX);
    expect(await policyTest([folder], say)).toBe(1);
    expect(lines.join('\n')).toContain('guardrail G06');
  });

  it.each<[string, string, string]>([
    ['that is no YAML', 'a: [', 'own.yaml is no YAML'],
    ['that is a list', '- 1', 'own.yaml has something else where members must be'],
    ['of no action', 'agreement: fixtures/con-2026-0001.json', 'own.yaml names no action'],
    ['with a mistyped member', `${MATRIX}grnted: []`, 'own.yaml has an unknown member grnted'],
    [
      'of an unknown attribute',
      MATRIX.replace('project.status', 'project.mood'),
      'own.yaml names no attribute project.mood',
    ],
    [
      'with a value of another type',
      MATRIX.replace('subject.authLevel: 2', 'subject.authLevel: high'),
      'own.yaml: Attribute subject.authLevel is not of type integer',
    ],
    [
      'that grants what it does not hold',
      MATRIX.replace('- [active]', '- [draft]'),
      'own.yaml speaks of ["draft"]',
    ],
    [
      'under an agreement that is not there',
      MATRIX.replace('con-2026-0001', 'con-1'),
      'own.yaml: there is no fixtures/con-1.json',
    ],
    [
      'of too many cells',
      MATRIX.replace('[active, closed]', JSON.stringify(Array(10_001).fill('active'))),
      'own.yaml makes more than 10000 cells',
    ],
    [
      'that is nested for ever by aliases',
      [
        'a: &a [x, x]',
        ...Array.from(
          { length: 9 },
          (_, at) =>
            `${'bcdefghij'[at] ?? ''}: &${'bcdefghij'[at] ?? ''} [${`*${'abcdefghi'[at] ?? ''}, `.repeat(9)}x]`,
        ),
      ].join('\n'),
      'own.yaml',
    ],
    [
      'with a condition of an unknown operator',
      `${MATRIX}decision: {op: like, path: project.status, value: a}`,
      'own.yaml /decision/op is no operator',
    ],
  ])('refuses a matrix %s', async (_what, text, message) => {
    write('tests/own.yaml', text);
    expect(await refusal(policyTest([folder], say))).toContain(message);
  });

  it.each<[string, string, string]>([
    ['that is no JSON', '{', 'fixtures/own.json is no JSON'],
    ['with an unknown field', '{"titel": 1}', 'fixtures/own.json /titel is not a known field'],
    ['that is not complete', '{"kind": "sharing"}', 'fixtures/own.json /parties is required'],
  ])('refuses an agreement %s', async (_what, text, message) => {
    write('tests/fixtures/own.json', text);
    expect(await refusal(policyTest([folder], say))).toContain(message);
  });

  it('refuses to test nothing, and what is no folder', async () => {
    rmSync(join(folder, 'tests'), { recursive: true });
    expect(await refusal(policyTest([folder], say))).toContain('holds no matrix');
    expect(await refusal(policyTest([join(folder, 'nowhere')], say))).toContain('is no folder');
    expect(await refusal(policyTest([folder, 'more'], say))).toContain('Usage');
    expect(await refusal(policyTest(['--all'], say))).toContain('Usage');
  });
});

describe('concordat policy check', () => {
  it('finds nothing in the shipped texts', async () => {
    expect(await policyCheck([folder], say)).toBe(0);
    expect(lines).toEqual(['2 agreements, 20 guardrail rules: 0 findings']);
  });

  it('finds an agreement that a guardrail leaves nothing, and names both', async () => {
    const all = `G06,dataset:read,"{""op"":""gte"",""path"":""subject.authLevel"",""value"":2}",Nobody`;
    write('guardrails.csv', `id,actions,condition,message\n${all}\n`);
    expect(await policyCheck([folder], say)).toBe(1);
    expect(lines[0]).toMatch(/^fixtures\/con-2026-0001\.json dataset:read \S+: shadowed by G06$/);
  });

  it('warns of a guardrail that others stand for', async () => {
    const rows = [1, 2].map(
      (level) =>
        `G0${String(level)},dataset:read,"{""op"":""lte"",""path"":""subject.authLevel"",""value"":${String(level - 1)}}",More`,
    );
    write('guardrails.csv', `id,actions,condition,message\n${rows.join('\n')}\n`);
    expect(await policyCheck([folder], say)).toBe(0);
    expect(lines[0]).toBe('warning: G01 dataset:read keeps nobody out whom others let in');
  });

  it('shows whom another folder let in and this one does not, by requests that flip', async () => {
    const shipped = fileURLToPath(policiesFolder());
    expect(await policyCheck([folder, '--against', shipped], say)).toBe(0);
    expect(lines).toHaveLength(1);
    lines.length = 0;
    const row = `G01,dataset:read,"{""op"":""lte"",""path"":""subject.authLevel"",""value"":2}",Three factors`;
    write('guardrails.csv', `id,actions,condition,message\n${row}\n`);
    await policyCheck([folder, '--against', shipped], say);
    const lost = lines.filter((line) =>
      line.startsWith('- fixtures/con-2026-0001.json dataset:read'),
    );
    expect(lost.join()).toContain('"subject.authLevel":2');
    // The other shipped guardrails are gone: a project that is not active reads now.
    const won = lines.filter((line) =>
      line.startsWith('+ fixtures/con-2026-0001.json dataset:read'),
    );
    expect(won.length).toBeGreaterThan(0);
    expect(await refusal(policyCheck(['--agianst', shipped], say))).toContain('Usage');
  });

  it.each<[string, string, string, string]>([
    ['guardrails.csv', 'of another header', 'id,actions\n', 'must start with the header'],
    [
      'guardrails.csv',
      'with a condition that is none',
      'id,actions,condition,message\nG01,dataset:read,{},x\n',
      'G01 has a condition that does not parse',
    ],
    [
      'roles.csv',
      'of an unknown role',
      'role,operation,scope,effect\nking,audit:read,own,allow\n',
      'king',
    ],
    [
      'roles.csv',
      'of an unknown operation',
      'role,operation,scope,effect\ndpo,audit:forget,own,allow\n',
      'audit:forget',
    ],
    [
      'roles.csv',
      'of an unknown scope',
      'role,operation,scope,effect\ndpo,audit:read,all,allow\n',
      'all',
    ],
  ])('refuses %s %s', async (file, _what, text, message) => {
    write(file, text);
    expect(await refusal(policyCheck([folder], say))).toContain(message);
  });
});
