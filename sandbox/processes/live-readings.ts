import { setTimeout as pause } from 'node:timers/promises';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { hourlyReadings, LIVE_PREFIX } from '../seed-data/hourly-readings.js';
import { REGION, type PartnerStore } from './partner-stores.js';

/** An hour of the year comes each ten seconds, so that somebody who looks sees it move. */
const EVERY_MS = 10_000;

export interface LiveReadings {
  stop(): Promise<void>;
}

/** Puts the next hour's readings into the partner's store again and again, as the network's owner would, until it is stopped. */
export function startLiveReadings(
  store: PartnerStore,
  dataDir: string | undefined,
  onFault: (fault: unknown) => void,
): LiveReadings {
  const stopping = new AbortController();
  const client = new S3Client({
    endpoint: store.endpoint,
    region: REGION,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: store.keys.owner,
  });
  const running = pour(client, store.bucket, dataDir, stopping.signal)
    .catch((fault: unknown) => {
      if (!stopping.signal.aborted) {
        onFault(fault);
      }
    })
    .finally(() => {
      client.destroy();
    });
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function pour(
  client: S3Client,
  bucket: string,
  dataDir: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const last = await lastKey(client, bucket);
  for await (const { key, text } of hourlyReadings(dataDir)) {
    signal.throwIfAborted();
    if (key > last) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));
      await pause(EVERY_MS, undefined, { signal });
    }
  }
}

/** Where an earlier start came to; the empty string before the first. */
async function lastKey(client: S3Client, bucket: string): Promise<string> {
  let last = '';
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: LIVE_PREFIX, ContinuationToken: token }),
    );
    last = page.Contents?.at(-1)?.Key ?? last;
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return last;
}
