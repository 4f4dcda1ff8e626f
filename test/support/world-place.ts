import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Seeded } from '../../sandbox/seed/seeded.js';
import { migrateJobs } from '../../src/platform/jobs/daily-job.js';
import { migrateSecrets } from '../../src/platform/secrets/subject-keys.js';
import { copyOf, nameOf, testDatabase, type TestDatabase } from './database.js';
import { linkTree, linkedStores, runFolder } from './filled-stores.js';
import { freeOrigin } from './sign-in-app.js';

/** What of a world outlives its processes: where its data lies, its keys, and where it is reached. */
export interface WorldPlace {
  readonly folder: string;
  readonly db: TestDatabase;
  readonly kek: Buffer;
  readonly logKey: Buffer;
  readonly publicUrl: string;
  /** 0 is any that is free. */
  readonly providerPort: number;
  readonly storePorts: readonly [number, number];
  /** What is in it; null where no broker ever ran. */
  readonly seeded: Seeded | null;
}

/** Stores full of data that nobody has registered, and a database that nobody has used. */
export async function newPlace(): Promise<WorldPlace> {
  const folder = await newFolder();
  const db = await testDatabase();
  await migrateSecrets(db.urlFor('postgres'));
  await migrateJobs(db.urlFor('concordat_owner'));
  await linkedStores(folder);
  return {
    folder,
    db,
    kek: randomBytes(32),
    logKey: randomBytes(32),
    publicUrl: await freeOrigin(),
    providerPort: 0,
    storePorts: [0, 0],
    seeded: null,
  };
}

/** Keeps a place in which nothing runs any more, for whoever begins from it in this worker of this run. */
export async function keepPlace(as: string, { db, ...place }: WorldPlace): Promise<void> {
  await db.dataSource.destroy();
  const kept = {
    ...place,
    database: nameOf(db),
    kek: place.kek.toString('base64'),
    logKey: place.logKey.toString('base64'),
  };
  await writeFile(keptIn(as), JSON.stringify(kept));
}

/** A copy of a kept place; undefined where there is none. It is reached where the first was: one at a time. */
export async function copyOfPlace(as: string): Promise<WorldPlace | undefined> {
  const text = await readFile(keptIn(as), 'utf8').catch(() => undefined);
  if (text === undefined) {
    return undefined;
  }
  const { database, kek, logKey, ...kept } = JSON.parse(text) as Kept;
  const folder = await newFolder();
  await linkTree(join(kept.folder, 'stores'), join(folder, 'stores'));
  // Some tests spoil what lies in the others.
  await cp(kept.folder, folder, {
    recursive: true,
    filter: (source) => source !== join(kept.folder, 'stores'),
  });
  return {
    ...kept,
    folder,
    db: await copyOf(database),
    kek: Buffer.from(kek, 'base64'),
    logKey: Buffer.from(logKey, 'base64'),
  };
}

type Kept = Omit<WorldPlace, 'db' | 'kek' | 'logKey'> & {
  readonly database: string;
  readonly kek: string;
  readonly logKey: string;
};

export async function forgetPlace(as: string): Promise<void> {
  await rm(keptIn(as));
}

export async function removePlace({ folder, db }: WorldPlace): Promise<void> {
  await db.close();
  await rm(folder, { recursive: true, force: true });
}

/** Addresses are taken again one after the other: each worker has its own. */
const keptIn = (as: string): string =>
  join(runFolder(), `${as}-of-${process.env['JEST_WORKER_ID'] ?? '1'}.json`);

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'concordat-http-'));
