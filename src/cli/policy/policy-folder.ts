import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DataEngine } from '../../policy/engine/data-engine.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { policiesFolder, readGuardrails, readModel } from '../../policy/storage/policy-files.js';
import { UsageError } from '../usage-error.js';
import { readFixture, type Fixture } from './fixture.js';
import { readMatrix, type PolicyMatrix } from './policy-matrix.js';

const MAX_FILES = 1_000;

/** A folder of policy texts: `guardrails.csv` and `tests`, as in `policies`; what it lacks is the broker's own. */
export interface PolicyTexts {
  readonly engine: DataEngine;
  readonly guardrails: readonly PolicyRule[];
  readonly fixtures: ReadonlyMap<string, Fixture>;
  readonly matrices: readonly PolicyMatrix[];
}

/** @throws UsageError naming the first text that is none */
export async function readPolicyTexts(folder: string | undefined): Promise<PolicyTexts> {
  const root = folder === undefined ? fileURLToPath(policiesFolder()) : resolve(folder);
  if (!isFolder(root)) {
    throw new UsageError(`${folder ?? root} is no folder`);
  }
  const tests = isFolder(join(root, 'tests')) ? join(root, 'tests') : root;
  const fixtures = filesOf(join(tests, 'fixtures'), '.json').map((file) =>
    readFixture(`fixtures/${file}`, textOf(join(tests, 'fixtures', file))),
  );
  return {
    engine: await DataEngine.load(readModel(policiesFolder())),
    guardrails: guardrailsOf(root),
    fixtures: new Map(fixtures.map((fixture) => [fixture.name, fixture])),
    matrices: filesOf(tests, '.yaml').map((file) => readMatrix(file, textOf(join(tests, file)))),
  };
}

function guardrailsOf(root: string): readonly PolicyRule[] {
  const own = isFile(join(root, 'guardrails.csv'));
  return told(() =>
    readGuardrails(own ? pathToFileURL(`${root}/`) : policiesFolder()).flatMap(
      ({ id, actions, condition, message }) =>
        actions.map((action) => ({
          id: `${id} ${action}`,
          guardrailId: id,
          datasetId: null,
          action,
          recipients: [],
          effect: 'deny' as const,
          condition,
          agreementId: null,
          agreementVersion: null,
          reference: null,
          message,
        })),
    ),
  );
}

/** What does not parse is the caller's to mend. */
export function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

function filesOf(folder: string, ending: string): readonly string[] {
  if (!isFolder(folder)) {
    return [];
  }
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  if (names.length > MAX_FILES) {
    throw new UsageError(`${folder} holds more than ${String(MAX_FILES)} files`);
  }
  return names.sort();
}

function textOf(file: string): string {
  return told(() => readFileSync(file, 'utf8'));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
