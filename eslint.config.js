import eslintComments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier/flat';
import { defineConfig, globalIgnores } from 'eslint/config';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import tseslint from 'typescript-eslint';

/** What no file may say, each with the reason that ESLint prints. */
const forbidden = {
  environment: [
    {
      selector: 'MemberExpression[object.name="process"][property.name="env"]',
      message: 'Only src/config reads the environment: take what you need from Config.',
    },
    {
      selector:
        'VariableDeclarator[init.name="process"] > ObjectPattern > Property[key.name="env"]',
      message: 'Only src/config reads the environment: take what you need from Config.',
    },
  ],
  clock: [
    {
      selector: 'MemberExpression[object.name="Date"][property.name="now"]',
      message: 'The present comes from the injected Clock.',
    },
    {
      selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
      message: 'The present comes from the injected Clock.',
    },
    {
      selector: 'CallExpression[callee.name="Date"]',
      message: 'The present comes from the injected Clock.',
    },
  ],
  chance: [
    {
      selector: 'MemberExpression[object.name="Math"][property.name="random"]',
      message: 'Math.random is predictable: take node:crypto, or the IdFactory for ids.',
    },
  ],
  exports: [
    { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
    { selector: 'ExportAllDeclaration', message: 'No barrel files: export by name.' },
  ],
  enums: [
    { selector: 'TSEnumDeclaration', message: 'A closed set is an `as const` list with its type.' },
  ],
};

const restrict = (...parts) => ['error', ...parts.flat()];
const { environment, clock, chance, exports, enums } = forbidden;

/** Ceilings are signals: these rules warn and never fail a build. */
const sizes = {
  'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['warn', { max: 50, skipBlankLines: true, skipComments: true }],
  complexity: ['warn', 10],
};

/** Classes without methods: spreading a row or a request body loses nothing. */
const shapeNames = globSync('src/**/*.{dto,entity}.ts', { cwd: import.meta.dirname }).flatMap(
  (file) => [...read(file).matchAll(/\bclass (\w+)/g)].map(([, name]) => name),
);

function read(file) {
  return readFileSync(join(import.meta.dirname, file), 'utf8');
}

const tests = ['**/*.spec.ts', 'test/**/*.ts'];

/** Bitwise operators keep 32 bits of a number and all of a bigint: sizes and indexes of the log are bigint. */
const noBitwiseOnNumbers = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { narrow: 'On a number {{operator}} keeps 32 bits: sizes and indexes are bigint.' },
  },
  create(context) {
    const { getTypeAtLocation } = context.sourceCode.parserServices;
    const check = (node, operand) => {
      const bitwise = /^([&|^~]|<<|>>>?)=?$/.test(node.operator);
      const isBigInt = () => (getTypeAtLocation(operand).flags & ts.TypeFlags.BigIntLike) !== 0;
      if (bitwise && !isBigInt()) {
        context.report({ node, messageId: 'narrow', data: { operator: node.operator } });
      }
    };
    return {
      BinaryExpression: (node) => check(node, node.left),
      AssignmentExpression: (node) => check(node, node.left),
      UnaryExpression: (node) => check(node, node.argument),
    };
  },
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.sandbox/', '.together/']),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  eslintComments.recommended,
  prettier,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...sizes,
      eqeqeq: 'error',
      curly: 'error',
      'max-params': ['error', 5],
      '@eslint-community/eslint-comments/require-description': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-misused-spread': [
        'error',
        { allow: [{ from: 'file', name: [...new Set(['None', ...shapeNames])] }] },
      ],
      // TypeORM, Nest and Express type plain rows and options as classes; structure is what is checked here.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'no-restricted-syntax': restrict(environment, clock, chance, exports, enums),
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:process', message: 'Use the global process; only config reads env.' },
            { name: 'process', message: 'Use the global process; only config reads env.' },
            {
              name: '@nestjs/common',
              importNames: ['forwardRef'],
              message: 'A circle between modules: move what both need upward.',
            },
          ],
        },
      ],
    },
  },
  {
    name: 'below controllers only ConcordatError is thrown',
    files: ['src/**/*.{service,rules,repository}.ts', 'src/grants/issue/**/*.ts'],
    rules: {
      'no-restricted-syntax': restrict(environment, clock, chance, exports, enums, [
        {
          selector:
            'NewExpression[callee.name=/^(Http|BadRequest|Unauthorized|Forbidden|NotFound|Conflict|Unprocessable|ServiceUnavailable|InternalServerError).*Exception$/]',
          message: 'Throw a ConcordatError; platform/web turns it into a problem document.',
        },
      ]),
    },
  },
  {
    name: 'the only readers of the environment',
    files: ['src/config/**/*.ts', 'sandbox/**/*.ts', 'bench/**/*.ts', ...tests],
    rules: { 'no-restricted-syntax': restrict(clock, chance, exports, enums) },
  },
  {
    name: 'the system clock',
    files: ['src/kernel/clock.ts'],
    rules: { 'no-restricted-syntax': restrict(environment, chance, exports, enums) },
  },
  {
    name: 'tests say what a component does, at any length',
    files: tests,
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      complexity: 'off',
    },
  },
  {
    name: 'a log may be larger than 32 bits count',
    files: ['src/audit/log/**/*.ts', 'src/verify/**/*.ts'],
    ignores: tests,
    plugins: { concordat: { rules: { 'no-bitwise-on-numbers': noBitwiseOnNumbers } } },
    rules: { 'concordat/no-bitwise-on-numbers': 'error' },
  },
  {
    name: 'a page composes: what HTTP carries of a form, and the services that it asks, each in its place',
    files: ['src/**/*.pages.ts'],
    rules: { 'max-params': 'off' },
  },
  {
    name: 'the SQL of one schema change is one text',
    files: ['migrations/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    name: 'tool configuration',
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
    rules: { 'no-restricted-syntax': restrict(clock, chance) },
  },
);
