import { LRUCache } from 'lru-cache';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { systemClock } from '../../src/kernel/clock.js';

const ENTRIES = 10_000;

/**
 * What the provider remembers, in memory: one machine, and nothing survives a restart.
 * @param clients with keys of their own: of those in its configuration the library clones the keys, and takes the clones for
 * none where tests run.
 */
export function memoryAdapter(
  clients: readonly (AdapterPayload & { readonly client_id: string })[],
): AdapterFactory {
  const entries = new LRUCache<string, AdapterPayload>({ max: ENTRIES });
  for (const client of clients) {
    entries.set(`Client:${client.client_id}`, client);
  }
  return (model) => adapterOf(model, entries);
}

function adapterOf(model: string, entries: LRUCache<string, AdapterPayload>): Adapter {
  const find = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined =>
    entries.find((payload, key) => key.startsWith(`${model}:`) && matches(payload));
  return {
    upsert: (id, payload, expiresIn) => {
      const lifetime = expiresIn === undefined ? {} : { ttl: expiresIn * 1000 };
      entries.set(`${model}:${id}`, payload, lifetime);
      return Promise.resolve();
    },
    find: (id) => Promise.resolve(entries.get(`${model}:${id}`)),
    findByUid: (uid) => Promise.resolve(find((payload) => payload.uid === uid)),
    findByUserCode: (code) => Promise.resolve(find((payload) => payload.userCode === code)),
    consume: (id) => {
      const payload = entries.get(`${model}:${id}`);
      if (payload) {
        payload.consumed = Math.floor(systemClock.now().getTime() / 1000);
      }
      return Promise.resolve();
    },
    destroy: (id) => {
      entries.delete(`${model}:${id}`);
      return Promise.resolve();
    },
    revokeByGrantId: (grantId) => {
      for (const [key, payload] of entries.entries()) {
        if (payload.grantId === grantId) {
          entries.delete(key);
        }
      }
      return Promise.resolve();
    },
  };
}
