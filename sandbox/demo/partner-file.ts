import { createHash } from 'node:crypto';
import { systemClock } from '../../src/kernel/clock.js';
import { presignGet } from '../../src/platform/object-store/presigner.js';
import { bytesOf } from './reading.js';
import { REGION, type PartnerStore } from '../processes/partner-stores.js';

/** The SHA-256 of a file as it lies at the partner, read with the partner's own key and past the broker. */
export async function digestAtPartner(store: PartnerStore, key: string): Promise<string> {
  const { endpoint, bucket, keys } = store;
  const url = presignGet({
    location: {
      endpoint,
      publicEndpoint: endpoint,
      region: REGION,
      bucket,
      addressing: 'path',
      ...keys.owner,
    },
    key,
    now: systemClock.now(),
    ttlSeconds: 60,
  });
  const response = await fetch(url);
  const hash = createHash('sha256');
  for await (const chunk of bytesOf(response)) {
    hash.update(chunk);
  }
  if (!response.ok) {
    throw new Error(`The partner store answered ${String(response.status)}`);
  }
  return hash.digest('hex');
}
