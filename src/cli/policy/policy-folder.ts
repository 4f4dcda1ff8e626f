import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DataEngine } from '../../policy/engine/data-engine.js';
import { snapshotOf, type Snapshot } from '../../policy/engine/snapshot.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { policiesFolder, readGuardrails, readModel } from '../../policy/storage/policy-files.js';
import { UsageError } from '../usage-error.js';
import { readFixture, type Fixture } from './fixture.js';
import { readMatrix, type PolicyMatrix } from './policy-matrix.js';
import { attempt, attemptLater, isFile, isFolder, readText } from './read-text.js';

const MAX_FILES = 1_000;
/** In all files together. */
const MAX_CELLS = 100_000;
/** One for each policy text. */
const OWN_TEXTS = ['model.conf', 'roles.csv', 'guardrails.csv'] as const;

type OwnText = (typeof OWN_TEXTS)[number];

/** An operator's policy texts; what their folder lacks is the broker's own. */
export interface PolicyTexts {
  /** Where a policy text is read: the operator's folder, or the broker's. */
  readonly homes: Readonly<Record<OwnText, URL>>;
  readonly ownTexts: ReadonlySet<OwnText>;
  readonly engine: DataEngine;
  /** One rule per guardrail and action. */
  readonly guardrails: readonly PolicyRule[];
  readonly fixtures: ReadonlyMap<string, Fixture>;
  /** The rules of one fixture and the guardrails, by the fixture's name. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  readonly matrices: readonly PolicyMatrix[];
}

/** The broker's own texts: a folder like an operator's. */
const SHIPPED = fileURLToPath(policiesFolder());

/**
 * @param paths one folder, whose matrices are all read; or matrices of one folder, which alone are read.
 * @throws UsageError naming the first text that is none
 */
export async function readPolicyTexts(paths: readonly string[]): Promise<PolicyTexts> {
  const { root, tests, chosen } = placesOf(paths);
  const ownTexts = new Set(OWN_TEXTS.filter((name) => isFile(join(root, name))));
  const homes = Object.fromEntries(
    OWN_TEXTS.map((name) => [name, ownTexts.has(name) ? folderUrl(root) : policiesFolder()]),
  ) as PolicyTexts['homes'];
  // What the broker reads at its boot is not the broker's here: it may be of any size and kind.
  ownTexts.forEach((name) => readText(join(root, name), name));
  const fixtures = filesOf(join(tests, 'fixtures'), ['.json']).map((file) =>
    readFixture(`fixtures/${file}`, readText(join(tests, 'fixtures', file), `fixtures/${file}`)),
  );
  const guardrails = guardrailsOf(homes['guardrails.csv']);
  return {
    homes,
    ownTexts,
    engine: await attemptLater('model.conf', () => DataEngine.load(readModel(homes['model.conf']))),
    guardrails,
    fixtures: new Map(fixtures.map((fixture) => [fixture.name, fixture])),
    snapshots: new Map(
      fixtures.map(({ name, rules }) => [
        name,
        attempt(name, () => snapshotOf(1, [...rules, ...guardrails], 0)),
      ]),
    ),
    matrices: matricesOf(tests, chosen ?? filesOf(tests, ['.yaml', '.yml'])),
  };
}

/** The folder of the policy texts, that of their tests, and which of these are meant; undefined: all. */
function placesOf(paths: readonly string[]): {
  readonly root: string;
  readonly tests: string;
  readonly chosen?: readonly string[];
} {
  const [first = SHIPPED] = paths;
  if (!isFile(first)) {
    const root = resolve(first);
    if (!isFolder(root) || paths.length > 1) {
      throw new UsageError(
        isFolder(root) ? 'One folder, or matrices of one folder' : `${first} is no file or folder`,
      );
    }
    return { root, tests: isFolder(join(root, 'tests')) ? join(root, 'tests') : root };
  }
  const tests = dirname(resolve(first));
  if (paths.some((path) => dirname(resolve(path)) !== tests)) {
    throw new UsageError('One folder, or matrices of one folder');
  }
  const chosen = [...new Set(paths.map((path) => basename(path)))];
  return { root: basename(tests) === 'tests' ? dirname(tests) : tests, tests, chosen };
}

function matricesOf(tests: string, names: readonly string[]): readonly PolicyMatrix[] {
  let cells = 0;
  return names.map((name) => {
    const matrix = readMatrix(name, readText(join(tests, name), name));
    cells += matrix.cells.length;
    if (cells > MAX_CELLS) {
      throw new UsageError(`${name} brings the cells to more than ${String(MAX_CELLS)}`);
    }
    return matrix;
  });
}

function guardrailsOf(home: URL): readonly PolicyRule[] {
  return attempt('guardrails.csv', () => readGuardrails(home)).flatMap(
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
  );
}

function filesOf(folder: string, endings: readonly string[]): readonly string[] {
  if (!isFolder(folder)) {
    return [];
  }
  const names = readdirSync(folder).filter((name) => endings.some((end) => name.endsWith(end)));
  if (names.length > MAX_FILES) {
    throw new UsageError(`${folder} holds more than ${String(MAX_FILES)} files`);
  }
  return names.sort();
}

function folderUrl(path: string): URL {
  return pathToFileURL(`${path}/`);
}
