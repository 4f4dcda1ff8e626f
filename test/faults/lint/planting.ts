import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The folder of the project: jest runs there. */
const PROJECT = resolve('.');

const TSCONFIG = { extends: join(PROJECT, 'tsconfig.json'), include: ['**/*.ts'] };

/** A project of its own outside the tree, with our tools and our packages, for files that break a rule. */
export interface Planted {
  readonly folder: string;
  remove(): Promise<void>;
}

/** @param files path in the project → text. */
export async function plant(files: ReadonlyMap<string, string>): Promise<Planted> {
  const folder = await mkdtemp(join(tmpdir(), 'concordat-planted-'));
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  await symlink(join(PROJECT, 'package.json'), join(folder, 'package.json'));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ ...TSCONFIG }));
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

interface EslintFile {
  readonly filePath: string;
  readonly messages: readonly {
    readonly ruleId: string | null;
    readonly severity: 1 | 2;
    readonly message: string;
  }[];
}

/** What ESLint says of every planted file: `path severity rule: message`. */
export async function eslintFindings(folder: string): Promise<readonly string[]> {
  const tool = join(PROJECT, 'node_modules/.bin/eslint');
  const config = join(PROJECT, 'eslint.config.js');
  const text = await run(folder, tool, ['--config', config, '--format', 'json', '.']);
  const files = JSON.parse(text) as readonly EslintFile[];
  return files.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, severity, message }) => {
      const path = filePath.slice(filePath.indexOf('concordat-planted-')).replace(/^[^/]+\//, '');
      return `${path} ${severity === 2 ? 'error' : 'warning'} ${ruleId ?? 'unused'}: ${message}`;
    }),
  );
}

interface Cruise {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string; readonly severity: string };
    }[];
  };
}

/** What dependency-cruiser says of every planted file: `path severity rule`. */
export async function layerFindings(folder: string): Promise<readonly string[]> {
  const tool = join(PROJECT, 'node_modules/.bin/depcruise');
  const config = join(PROJECT, '.dependency-cruiser.js');
  const text = await run(folder, tool, [
    ...['src', 'sandbox', 'test', 'migrations'],
    ...['--config', config, '--output-type', 'json'],
  ]);
  const { summary } = JSON.parse(text) as Cruise;
  return summary.violations.map(({ from, rule }) => `${from} ${rule.severity} ${rule.name}`);
}

/** Standard output; a tool that finds something ends with a code above 0, and that is what is wanted. */
function run(cwd: string, tool: string, args: readonly string[]): Promise<string> {
  return new Promise((done, failed) => {
    const options = { cwd, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NODE_OPTIONS: '' } };
    execFile(process.execPath, [tool, ...args], options, (_error, stdout, stderr) => {
      if (stdout.startsWith('[') || stdout.startsWith('{')) {
        done(stdout);
      } else {
        failed(new Error(`${tool} printed no result: ${stdout}${stderr}`));
      }
    });
  });
}
