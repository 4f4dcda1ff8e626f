import { mkdir } from 'node:fs/promises';
import { ClientError, EXIT, type ExitCode } from '../client-error.js';
import type { Grant } from '../grant.js';
import { fetchObject, type Outcome } from './fetch-object.js';
import { isWanted } from './local-names.js';
import { ObjectFile } from './object-file.js';
import { listObjects, type RemoteObject } from './object-list.js';
import { Progress } from './progress.js';

export interface DownloadOptions {
  readonly folder: string;
  readonly pattern: string | undefined;
  /** How many objects at once. */
  readonly parallel: number;
  /** Whether what is there under the same name may be replaced. */
  readonly isForced: boolean;
  readonly say: (line: string) => void;
}

/** Fetches every wanted object of a grant. @returns the command's exit code. */
export async function download(grant: Grant, options: DownloadOptions): Promise<ExitCode> {
  const { folder, pattern, parallel, say } = options;
  const wanted = (await listObjects(grant)).filter(({ name }) => isWanted(name, pattern));
  if (wanted.length === 0) {
    throw new ClientError(EXIT.failed, 'No object of the grant has such a name');
  }
  await mkdir(folder, { recursive: true });
  const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
  const progress = new Progress({ bytes, objects: wanted.length });
  const counts: Record<Outcome | 'failed', number> = { fetched: 0, there: 0, taken: 0, failed: 0 };
  const queue = wanted.values();
  const work = async (): Promise<void> => {
    for (const object of queue) {
      try {
        counts[await fetchOne(grant, object, options, progress)] += 1;
      } catch (error) {
        requireGoingOn(error);
        counts.failed += 1;
        say(`${object.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
      progress.finishObject();
    }
  };
  progress.start();
  try {
    await Promise.all(Array.from({ length: parallel }, work));
  } finally {
    progress.stop();
  }
  const { fetched, there, taken, failed } = counts;
  say(
    `${String(fetched)} fetched, ${String(there)} there already, ${String(taken)} in the way, ${String(failed)} failed`,
  );
  return failed + taken > 0 ? EXIT.incomplete : EXIT.done;
}

async function fetchOne(
  grant: Grant,
  object: RemoteObject,
  { folder, isForced, say }: DownloadOptions,
  progress: Progress,
): Promise<Outcome> {
  const file = await ObjectFile.place(folder, object);
  if (await file.isHere()) {
    progress.add(object.size);
    return 'there';
  }
  if (!isForced && (await file.isTaken())) {
    say(`${object.name}: something else of that name is there (--force replaces it)`);
    return 'taken';
  }
  progress.add(await file.partSize());
  await fetchObject(grant, object, file, (bytes) => {
    progress.add(bytes);
  });
  return 'fetched';
}

// Whoever is refused for one object is refused for the rest.
function requireGoingOn(error: unknown): void {
  const isOver =
    error instanceof ClientError &&
    (error.exitCode === EXIT.refused || error.exitCode === EXIT.notSignedIn);
  if (isOver) {
    throw error;
  }
}
