import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ownPolicyFolder, removePolicyFolders } from '../../../test/support/policy-folder.js';
import { UsageError } from '../usage-error.js';
import { policyTest } from './policy-test.js';

let folder: string;
let write: ReturnType<typeof ownPolicyFolder>['write'];
let lines: string[];
const say = (line: string): void => void lines.push(line);

beforeEach(() => {
  ({ path: folder, write } = ownPolicyFolder());
  lines = [];
});
afterEach(removePolicyFolders);

/** The whole of what an operator would read of a refusal. */
const refusal = (...paths: string[]): Promise<string> =>
  policyTest(paths, say).then(
    (code) => `none, but ${String(code)}`,
    (error: unknown) => (error instanceof UsageError ? error.message : `another: ${String(error)}`),
  );
const rows = (...guardrails: readonly [id: string, condition: object][]): string =>
  [
    'id,actions,condition,message',
    ...guardrails.map(
      ([id, condition]) =>
        `${id},dataset:read,"${JSON.stringify(condition).replaceAll('"', '""')}",Not here`,
    ),
    '',
  ].join('\n');

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
  it('passes on the shipped texts, named or not, whose every cell is as it says', async () => {
    expect(await policyTest([], say)).toBe(0);
    const shipped = lines;
    lines = [];
    expect(await policyTest([folder], say)).toBe(0);
    expect(lines).toEqual(shipped);
    expect(lines.at(-1)).toMatch(/^\d{3} cells, 0 wrong$/);
  });

  it('tells of each cell that is otherwise, and why', async () => {
    write('tests/own.yaml', MATRIX.replace('- [active]', '- [closed]'));
    expect(await policyTest([folder], say)).toBe(1);
    const own = lines.slice(lines.indexOf('own.yaml: 2 cells, 2 wrong'));
    expect(own[1]).toBe('  ["active"] should be denied: Allowed under CON-2026-0001.');
    expect(own[2]).toMatch(/^ {2}\["closed"\] should be granted: Refused: guardrail G02/);
    expect(lines.at(-1)).toMatch(/^\d+ cells, 2 wrong$/);
  });

  it('tells when a cell is denied for something else than it says', async () => {
    const because = 'because:\n  - {cell: [closed], path: project.status, guardrail: G03}\n';
    write('tests/own.yaml', MATRIX + because);
    expect(await policyTest([folder], say)).toBe(1);
    expect(lines.join('\n')).toContain('should be denied for project.status G03: Refused');
    write('tests/own.yaml', MATRIX + because.replace('G03', 'G02'));
    expect(await policyTest([folder], say)).toBe(0);
  });

  it('tests the folder’s own guardrails', async () => {
    write('guardrails.csv', rows(['G06', { op: 'eq', path: 'request.delivery', value: 'stream' }]));
    write('tests/own.yaml', MATRIX);
    expect(await policyTest([folder], say)).toBe(1);
    expect(lines.join('\n')).toContain('guardrail G06');
  });

  it('tests the files that are named, on the texts beside them', async () => {
    write('tests/own.yaml', MATRIX);
    const read = join(folder, 'tests/con-2026-0001-read.yaml');
    expect(await policyTest([join(folder, 'tests/own.yaml')], say)).toBe(0);
    expect(lines).toEqual(['own.yaml: 2 cells, ok', '2 cells, 0 wrong']);
    expect(await policyTest([join(folder, 'tests/own.yaml'), read], say)).toBe(0);
    expect(lines.at(-1)).toBe('22 cells, 0 wrong');
    expect(await refusal(folder, read)).toBe('One folder, or matrices of one folder');
    expect(await refusal(read, join(ownPolicyFolder().path, 'tests/guardrails.yaml'))).toBe(
      'One folder, or matrices of one folder',
    );
  });

  it('needs neither a folder of tests nor policy texts of one’s own', async () => {
    const own = join(folder, 'own');
    write('own/one.yml', MATRIX);
    const terms = readFileSync(join(folder, 'tests/fixtures/con-2026-0001.json'), 'utf8');
    write('own/fixtures/con-2026-0001.json', terms);
    expect(await policyTest([own], say)).toBe(0);
    expect(lines).toEqual(['one.yml: 2 cells, ok', '2 cells, 0 wrong']);
  });

  it('asks only for the terms that decide, and for the dataset of the first item unless the matrix names one', async () => {
    const other = '01990000-0000-7000-8000-0000000000d9';
    write(
      'own/fixtures/con-2026-0001.json',
      JSON.stringify({
        kind: 'sharing',
        endsOn: '2027-05-31',
        parties: [
          { organisationId: '01990000-0000-7000-8000-0000000000b1', dataRole: 'recipient' },
        ],
        purposes: ['https://w3id.org/dpv#AcademicResearch'],
        items: [
          { datasetId: '01990000-0000-7000-8000-0000000000d1', release: 'raw' },
          { datasetId: '01990000-0000-7000-8000-0000000000d2', release: 'view' },
        ],
        modes: ['stream'],
        actions: ['dataset:read', 'view:read'],
        accreditations: [],
        trainings: [],
        orgChecks: [],
        minAuth: 'aal2',
        dpop: false,
      }),
    );
    write('own/one.yaml', MATRIX);
    const ids = `  dataset.id: [01990000-0000-7000-8000-0000000000d1, 01990000-0000-7000-8000-0000000000d2, ${other}]`;
    write(
      'own/two.yaml',
      MATRIX.replace(/action: .*/, 'action: view:read')
        .replace('matrix:', `matrix:\n${ids}`)
        .replace('- [active]', '- [01990000-0000-7000-8000-0000000000d2, active]'),
    );
    expect(await policyTest([join(folder, 'own')], say)).toBe(0);
    expect(lines).toEqual(['one.yaml: 2 cells, ok', 'two.yaml: 6 cells, ok', '8 cells, 0 wrong']);
  });

  describe('fails when no matrix tries a text', () => {
    const terms = (): string =>
      readFileSync(join(folder, 'tests/fixtures/con-2026-0001.json'), 'utf8');

    it('an agreement of which nothing is asked', async () => {
      write('tests/fixtures/con-2026-0009.json', terms());
      expect(await policyTest([folder], say)).toBe(1);
      expect(lines.slice(-3)).toEqual([
        'fixtures/con-2026-0009.json: no cell is granted',
        'fixtures/con-2026-0009.json: no cell is denied',
        '514 cells, 0 wrong, 2 not tried',
      ]);
    });

    it.each([
      ['granted', MATRIX.replace('[active, closed]', '[closed]').replace('- [active]', '[]')],
      ['denied', MATRIX.replace('[active, closed]', '[active]')],
    ])('an agreement under which no cell is %s', async (verdict, matrix) => {
      write('tests/fixtures/con-2026-0009.json', terms());
      write('tests/own.yaml', matrix.replace('con-2026-0001', 'con-2026-0009'));
      expect(await policyTest([folder], say)).toBe(1);
      expect(lines.at(-2)).toBe(`fixtures/con-2026-0009.json: no cell is ${verdict}`);
      expect(lines.at(-1)).toMatch(/ 0 wrong, 1 not tried$/);
    });

    it('a guardrail that never fires, and one that lets nothing pass', async () => {
      const shipped = readFileSync(join(folder, 'guardrails.csv'), 'utf8');
      const condition = '"{""op"":""eq"",""path"":""request.conflict"",""value"":true}"';
      // Unknown fires, so a base says that there is no conflict; what is asked for is in no agreement.
      write('guardrails.csv', `${shipped}G06,feed:subscribe,${condition},No\n`);
      expect(await policyTest([folder], say)).toBe(1);
      expect(lines.slice(-3)).toEqual([
        'G06: no cell is granted for an action of it',
        'G06: no cell is denied by it',
        '514 cells, 0 wrong, 2 not tried',
      ]);
    });
  });

  it('lets a framework be, under which nothing can be granted', async () => {
    const terms = JSON.parse(
      readFileSync(join(folder, 'tests/fixtures/con-2026-0001.json'), 'utf8'),
    ) as Record<string, unknown>;
    const { items, modes, actions, ...framework } = terms;
    expect([items, modes, actions]).not.toContain(undefined);
    write('tests/fixtures/con-2026-0009.json', JSON.stringify({ ...framework, kind: 'framework' }));
    write(
      'tests/own.yaml',
      MATRIX.replace('con-2026-0001', 'con-2026-0009').replace('- [active]', '[]'),
    );
    expect(await policyTest([folder], say)).toBe(0);
  });

  const bomb = Array.from({ length: 9 }, (_, at) => {
    const inner = `*a${String(at)}, `.repeat(9);
    return `a${String(at + 1)}: &a${String(at + 1)} [${inner}x]`;
  });

  it.each<[string, string | Uint8Array, string]>([
    ['that is no YAML', 'a: [', 'own.yaml is no YAML: Flow sequence'],
    ['of two documents', '---\na: 1\n---\nb: 1\n', 'own.yaml is no YAML'],
    ['with a member given twice', `${MATRIX}action: view:read`, 'own.yaml is no YAML: Map keys'],
    ['that is empty', '', 'own.yaml has something else where members must be'],
    ['that is a list', '- 1', 'own.yaml has something else where members must be'],
    ['that is binary', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe), 'own.yaml is no UTF-8'],
    ['with NUL bytes', `${MATRIX}\0\0`, 'own.yaml'],
    ['over a megabyte', `${MATRIX}#${'x'.repeat(1_000_000)}`, 'own.yaml is over 1000000 bytes'],
    ['of no action', 'agreement: fixtures/con-2026-0001.json', 'own.yaml names no action'],
    ['of an unknown action', MATRIX.replace('dataset:read', 'dataset:see'), 'names no action'],
    ['with a mistyped member', `${MATRIX}grnted: []`, 'own.yaml has an unknown member grnted'],
    [
      'with an inherited name for a member',
      `${MATRIX}__proto__: {}`,
      'own.yaml has an unknown member __proto__',
    ],
    [
      'of an unknown attribute',
      MATRIX.replace('project.status', 'project.mood'),
      'own.yaml names no attribute project.mood',
    ],
    [
      'with an unknown attribute in its base',
      MATRIX.replace('subject.authLevel', 'subject.mood'),
      'own.yaml names no attribute subject.mood',
    ],
    [
      'with a value of another type',
      MATRIX.replace('subject.authLevel: 2', 'subject.authLevel: high'),
      'own.yaml: Attribute subject.authLevel is not of type integer',
    ],
    [
      'with a value of another type in its matrix',
      MATRIX.replace('[active, closed]', '[active, 7]'),
      'own.yaml: Attribute project.status is not of type code',
    ],
    [
      'with an attribute both in base and in matrix',
      MATRIX.replace('base:', 'base:\n  project.status: active'),
      'own.yaml gives project.status in base and in matrix',
    ],
    [
      'with an attribute without a value',
      MATRIX.replace('[active, closed]', '[]').replace('- [active]', '[]'),
      'own.yaml gives project.status no value, or one twice',
    ],
    [
      'with one value twice',
      MATRIX.replace('[active, closed]', '[active, active]'),
      'own.yaml gives project.status no value, or one twice',
    ],
    [
      'that grants what it does not hold',
      MATRIX.replace('- [active]', '- [draft]'),
      'own.yaml speaks of ["draft"], which its matrix does not hold',
    ],
    [
      'that grants no list',
      MATRIX.replace('- [active]', 'all'),
      'own.yaml: granted must be a list',
    ],
    [
      'that says why what it grants is denied',
      `${MATRIX}because:\n  - {cell: [active], path: project.status}\n`,
      'own.yaml says why ["active"] is denied, and grants it',
    ],
    [
      'with a reason without a cell',
      `${MATRIX}because:\n  - {path: project.status}\n`,
      'own.yaml speaks of null, which its matrix does not hold',
    ],
    [
      'with a reason of another type',
      `${MATRIX}because:\n  - {cell: [closed], path: project.status, clause: 7}\n`,
      'own.yaml has a because whose clause or guardrail is no text',
    ],
    [
      'under an agreement that is not there',
      MATRIX.replace('con-2026-0001', 'con-1'),
      'own.yaml: there is no fixtures/con-1.json',
    ],
    [
      'under an agreement of another folder',
      MATRIX.replace('fixtures/con', '../../../etc/con'),
      'own.yaml: there is no ../../../etc/con-2026-0001.json',
    ],
    [
      'of too many cells',
      MATRIX.replace('[active, closed]', JSON.stringify(Array(10_001).fill('active'))),
      'own.yaml makes more than 10000 cells',
    ],
    [
      'of too many cells by its attributes together',
      MATRIX.replace(
        '[active, closed]',
        `${JSON.stringify(Array.from({ length: 101 }, (_, at) => `s${String(at)}`))}\n  dataset.kind: ${JSON.stringify(
          Array.from({ length: 100 }, (_, at) => `k${String(at)}`),
        )}`,
      ),
      'own.yaml makes more than 10000 cells',
    ],
    [
      'whose aliases grow without end',
      ['a0: &a0 [x, x]', ...bomb].join('\n'),
      'own.yaml is no YAML: Excessive alias',
    ],
    ['that is its own alias', 'a: &a [*a]', 'own.yaml'],
    ['that is nested without end', `a: ${'['.repeat(50_000)}`, 'own.yaml is no YAML'],
    [
      'with a condition of an unknown operator',
      `${MATRIX}decision: {op: like, path: project.status, value: a}`,
      'own.yaml /decision/op is no operator',
    ],
    [
      'with a condition of an unknown attribute',
      `${MATRIX}decision: {op: eq, path: project.mood, value: a}`,
      'own.yaml /decision/path is no attribute',
    ],
    [
      'with a condition that is too deep',
      `${MATRIX}decision: ${'{op: not, of: '.repeat(6)}{op: eq, path: project.status, value: a}${'}'.repeat(6)}`,
      'own.yaml /decision/of/of/of/of/of/of is nested deeper than 6',
    ],
    [
      'with a condition over an address range that is none',
      `${MATRIX}decision: {op: within, path: request.ip, value: [10.0.0.0/33]}`,
      'own.yaml /decision/value/0 must be a CIDR range',
    ],
    [
      'with a condition over a day that there was not',
      `${MATRIX}decision: {op: before, path: request.now, value: '2026-02-30T00:00:00Z'}`,
      'own.yaml /decision/value must be of type instant',
    ],
    ['with null for a condition', `${MATRIX}decision: null`, 'own.yaml /decision must be a'],
  ])('refuses a matrix %s', async (_what, text, message) => {
    write('tests/own.yaml', text);
    const told = await refusal(join(folder, 'tests/own.yaml'));
    expect(told).toContain(message);
    expect(told).not.toMatch(/\n|another: /);
    expect(told.length).toBeLessThan(500);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['that is no JSON', '{', 'fixtures/own.json is no JSON'],
    ['that is binary', Uint8Array.of(0xff, 0xfe, 0), 'fixtures/own.json is no UTF-8 text'],
    ['that is null', 'null', 'fixtures/own.json must be object'],
    ['that is nested without end', '['.repeat(100_000), 'fixtures/own.json is no JSON'],
    ['over a megabyte', `"${'x'.repeat(1_000_000)}"`, 'fixtures/own.json is over 1000000 bytes'],
    ['with an unknown field', '{"titel": 1}', 'fixtures/own.json /titel is not a known field'],
    ['that is not complete', '{"kind": "sharing"}', 'fixtures/own.json /parties is required'],
  ])('refuses an agreement %s', async (_what, text, message) => {
    write('tests/fixtures/own.json', text);
    expect(await refusal(folder)).toContain(message);
  });

  it.each<[string, (terms: Record<string, unknown>) => object, string]>([
    ['modes', (terms) => ({ ...terms, modes: undefined }), '/modes is required'],
    ['any mode', (terms) => ({ ...terms, modes: [] }), '/modes must not be empty'],
    ['items', (terms) => ({ ...terms, items: [] }), '/items must not be empty'],
    ['a dataset', (terms) => ({ ...terms, items: [{}] }), '/items/0/datasetId is required'],
    [
      'a party’s role',
      (terms) => ({
        ...terms,
        parties: [{ organisationId: '01990000-0000-7000-8000-0000000000b1' }],
      }),
      '/parties/0/dataRole is required',
    ],
    [
      'a purpose that anybody knows',
      (terms) => ({ ...terms, purposes: ['https://w3id.org/dpv#AcademicReserch'] }),
      '/purposes/0 is no purpose code usable on 2026-06-01',
    ],
    [
      'two different datasets',
      (terms) => ({ ...terms, items: [0, 1].map(() => (terms['items'] as object[])[0]) }),
      'Two allow rules for one agreement version',
    ],
  ])('refuses an agreement without %s', async (_what, change, message) => {
    const terms = readFileSync(join(folder, 'tests/fixtures/con-2026-0001.json'), 'utf8');
    const changed = change(JSON.parse(terms) as Record<string, unknown>);
    write('tests/fixtures/own.json', JSON.stringify(changed));
    expect(await refusal(folder)).toContain(message);
    expect(await refusal(folder)).toMatch(/^fixtures\/own\.json/);
  });

  it('does not wait for what is no file', async () => {
    mkdirSync(join(folder, 'tests/folder.yaml'));
    expect(await refusal(folder)).toBe('folder.yaml is no file');
    rmSync(join(folder, 'tests/folder.yaml'), { recursive: true });
    execFileSync('mkfifo', [join(folder, 'tests/pipe.yaml')]);
    expect(await refusal(folder)).toBe('pipe.yaml is no file');
  });

  it('reads no more than so many files, and cells', async () => {
    const values = JSON.stringify(Array.from({ length: 10_000 }, (_, at) => `s${String(at)}`));
    const wide = MATRIX.replace('[active, closed]', values).replace('- [active]', '[]');
    for (let at = 0; at < 11; at += 1) {
      write(`own/tests/m${String(at).padStart(2, '0')}.yaml`, wide);
    }
    const tests = join(folder, 'own');
    expect(await refusal(tests)).toBe('m10.yaml brings the cells to more than 100000');
    for (let at = 0; at < 1_001; at += 1) {
      write(`many/m${String(at)}.yaml`, '');
    }
    expect(await refusal(join(folder, 'many'))).toMatch(/many holds more than 1000 files$/);
  });

  it('refuses to test nothing, and what is not there', async () => {
    rmSync(join(folder, 'tests'), { recursive: true });
    expect(await refusal(folder)).toContain('holds no matrix');
    expect(await refusal(join(folder, 'nowhere'))).toContain('nowhere is no file or folder');
    expect(await refusal(folder, 'more')).toBe('One folder, or matrices of one folder');
    expect(await refusal('--all')).toContain('Usage');
  });
});
