import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PERSONA_NAMES, type Passwords } from '../personas.js';
import { SandboxError } from '../ports.js';
import type { Seeded } from '../seed/seeded.js';
import { writePrivateJson } from './private-file.js';

const FORMAT_VERSION = 2;
const ROOT_DATABASES = '/var/tmp';
const DATABASE_PREFIX = 'concordat-sandbox-';

interface StoreKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The keys of one partner store: its owner's, and the one that the broker is given. */
export interface StoreKeys {
  readonly owner: StoreKey;
  readonly broker: StoreKey;
}

/** What a sandbox keeps between runs; every secret in it was made for this sandbox alone. */
export interface SandboxState {
  readonly formatVersion: number;
  readonly firstPort: number;
  readonly databaseDir: string;
  readonly databasePassword: string;
  readonly kek: string;
  /** The seed of the key that signs the log's checkpoints. */
  readonly logKey: string;
  readonly clientSecret: string;
  readonly passwords: Passwords;
  readonly storeKeys: readonly [StoreKeys, StoreKeys];
  /** Absent until seeding has finished. */
  readonly seeded?: Seeded;
}

/** The state of a sandbox that was seeded to its end, or undefined. @throws SandboxError for another format. */
export async function readState(folder: string): Promise<SandboxState | undefined> {
  let text: string;
  try {
    text = await readFile(pathOf(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  const state = JSON.parse(text) as SandboxState;
  if (state.formatVersion !== FORMAT_VERSION) {
    throw new SandboxError(
      `${folder} holds a sandbox of another version. Remove it and start again.`,
    );
  }
  return state;
}

export async function writeState(folder: string, state: SandboxState): Promise<void> {
  await writePrivateJson(pathOf(folder), state);
}

export async function createState(folder: string, firstPort: number): Promise<SandboxState> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const secret = (bytes: number): string => randomBytes(bytes).toString('base64url');
  const storeKey = (): StoreKey => ({
    accessKeyId: `SANDBOX${randomBytes(6).toString('hex').toUpperCase()}`,
    secretAccessKey: secret(30),
  });
  const state: SandboxState = {
    formatVersion: FORMAT_VERSION,
    firstPort,
    databaseDir: databaseDir(folder),
    databasePassword: randomBytes(24).toString('hex'),
    kek: randomBytes(32).toString('base64'),
    logKey: randomBytes(32).toString('base64'),
    clientSecret: secret(32),
    passwords: Object.fromEntries(
      PERSONA_NAMES.map((role) => [role, secret(12)]),
    ) as unknown as Passwords,
    storeKeys: [
      { owner: storeKey(), broker: storeKey() },
      { owner: storeKey(), broker: storeKey() },
    ],
  };
  await writeState(folder, state);
  return state;
}

/** Removes what a sandbox keeps; the folder itself stays, for it may be somebody's mount. */
export async function removeState(folder: string, state: SandboxState): Promise<void> {
  if (state.databaseDir === databaseDir(folder) || isRootDatabase(state.databaseDir)) {
    await rm(state.databaseDir, { recursive: true, force: true });
  }
  for (const name of [
    'stores',
    'provider',
    'log',
    'log-head',
    'postgres.log',
    'sandbox.json',
    'state.json',
  ]) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

function pathOf(folder: string): string {
  return join(folder, 'state.json');
}

// As root, PostgreSQL runs as another user, who cannot enter the private folder of the state.
function databaseDir(folder: string): string {
  return process.getuid?.() === 0
    ? join(ROOT_DATABASES, `${DATABASE_PREFIX}${randomBytes(8).toString('hex')}`)
    : join(folder, 'postgres');
}

function isRootDatabase(path: string): boolean {
  return /^\/var\/tmp\/concordat-sandbox-[0-9a-f]{16}$/.test(path);
}
