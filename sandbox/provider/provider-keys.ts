import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JWK } from 'oidc-provider';

/** What the sandbox provider keeps between runs: its ES256 key and the secret of its cookies. */
export interface ProviderKeys {
  readonly jwk: JWK;
  readonly cookieSecret: string;
}

/** Reads `provider-keys.json` of the state folder, or makes it; only its owner may read it. */
export function loadProviderKeys(stateDir: string): ProviderKeys {
  const path = join(stateDir, 'provider-keys.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProviderKeys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys: ProviderKeys = {
    jwk: {
      ...(privateKey.export({ format: 'jwk' }) as JWK),
      kid: randomBytes(12).toString('base64url'),
      alg: 'ES256',
      use: 'sig',
    },
    cookieSecret: randomBytes(32).toString('base64url'),
  };
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify(keys), { mode: 0o600, flag: 'wx' });
  return keys;
}
