import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { refusalOf } from '../broker.js';
import { ClientError, EXIT } from '../client-error.js';
import type { Grant } from '../grant.js';
import { isObject } from '../json.js';

const TIMEOUT_MS = 300_000;

export interface RemoteObject {
  readonly name: string;
  readonly size: number;
  readonly etag: string;
  readonly sha256: string | null;
  readonly url: string;
}

/** Everything that a grant may read. @throws ClientError for a list that is not complete. */
export async function listObjects(grant: Grant): Promise<readonly RemoteObject[]> {
  const answer = await fetch(grant.objectsUrl, {
    headers: {
      accept: 'application/x-ndjson',
      ...(await grant.headers('GET', grant.objectsUrl)),
    },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok || !answer.body) {
    throw await refusalOf(answer);
  }
  const objects: RemoteObject[] = [];
  let isComplete = false;
  for await (const line of createInterface({ input: Readable.fromWeb(answer.body as never) })) {
    const value: unknown = JSON.parse(line);
    if (isObject(value) && value['end'] === true) {
      isComplete = value['error'] === null;
    } else {
      objects.push(value as RemoteObject);
    }
  }
  if (!isComplete) {
    throw new ClientError(EXIT.failed, 'The list of objects is not complete: try again');
  }
  return objects;
}
