import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JWK } from 'oidc-provider';

/** What the sandbox provider keeps between runs: its ES256 key, that of its program, and the secret of its cookies. */
export interface ProviderKeys {
  readonly jwk: JWK;
  /** The private key by which the sandbox's program proves who it is. */
  readonly programJwk: JWK;
  readonly cookieSecret: string;
}

/** Reads `provider-keys.json` of the state folder, or makes it; only its owner may read it. */
export function loadProviderKeys(stateDir: string): ProviderKeys {
  const path = join(stateDir, 'provider-keys.json');
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProviderKeys>;
    // A state folder of an earlier sandbox has no program's key: it is made anew with the rest.
    if (kept.jwk && kept.programJwk && kept.cookieSecret !== undefined) {
      return kept as ProviderKeys;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
  const keys: ProviderKeys = {
    jwk: newKey(),
    programJwk: newKey(),
    cookieSecret: randomBytes(32).toString('base64url'),
  };
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

function newKey(): JWK {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    ...(privateKey.export({ format: 'jwk' }) as JWK),
    kid: randomBytes(12).toString('base64url'),
    alg: 'ES256',
    use: 'sig',
  };
}
