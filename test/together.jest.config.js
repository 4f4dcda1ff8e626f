import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import base from '../jest.config.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.together');
/** Each loads the broker once. More of them end more evenly on two workers, and load it more often. */
const GROUPS = 8;
/** Outside of every `describe` it would hold for the others of its group too: such files stay on their own. */
const HOOK_OF_A_FILE = /^(before|after)(All|Each)\(/m;

/**
 * All of the specs, many in one test environment: `npm test`. Jest loads every module anew for each test file, and the two
 * thousand of the broker take longer than what most files test. `npm run test:only -- PATH` runs one file as it is.
 */
export default function together() {
  const specs = globSync('{src,sandbox,policies,test}/**/*.spec.ts', { cwd: root }).toSorted();
  const alone = specs.filter((spec) => HOOK_OF_A_FILE.test(readFileSync(join(root, spec), 'utf8')));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  // Dealt like cards, so that no group gets all the slow ones of a folder.
  const groups = Map.groupBy(
    specs.filter((spec) => !alone.includes(spec)),
    (_, at) => at % GROUPS,
  );
  for (const [at, files] of groups) {
    const imports = files.map((file) => `import '../${file}';\n`);
    writeFileSync(join(folder, `${String(at + 1)}-of-${String(GROUPS)}.js`), imports.join(''));
  }
  return {
    ...base,
    rootDir: root,
    testMatch: ['<rootDir>/.together/*.js', ...alone.map((spec) => `<rootDir>/${spec}`)],
  };
}
