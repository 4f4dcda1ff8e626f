import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ProofKey } from './proof-key.js';
import { isObject } from './json.js';

/** What a sign-in leaves on the researcher's machine. Times are milliseconds since 1970. */
export interface SavedSession {
  readonly broker: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  readonly refreshToken: string | null;
  /** The private key of proofs, where an agreement asks for them. */
  readonly key: ProofKey;
}

const FILE = 'session.json';

/** One file, for its owner's eyes alone. */
export class SessionFile {
  private readonly path: string;

  constructor(private readonly folder: string) {
    this.path = join(folder, FILE);
  }

  /** @returns undefined when nobody signed in, or the file is none of ours. */
  async read(): Promise<SavedSession | undefined> {
    try {
      const saved: unknown = JSON.parse(await readFile(this.path, 'utf8'));
      return isObject(saved) && typeof saved['broker'] === 'string'
        ? (saved as unknown as SavedSession)
        : undefined;
    } catch {
      return undefined;
    }
  }

  /** Swapped in whole: a reader never meets half of it. */
  async write(session: SavedSession): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const draft = `${this.path}.${randomUUID()}`;
    await writeFile(draft, JSON.stringify(session), { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, this.path);
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
