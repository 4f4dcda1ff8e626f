import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ProbeSession } from '../platform/object-store/sts-probe.js';
import { Secrets } from '../platform/secrets/secrets.service.js';

/** What signs a request to a store. Held in memory only for as long as requests are signed with it. */
export interface StoreCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Whose credentials: each part is bound into the sealed text, so that none opens in another's place. */
export interface CredentialOwner {
  readonly id: string;
  readonly organisationId: string;
  readonly credentialVersion: number;
}

const MAX_OPEN = 200;
const OPEN_MS = 5 * 60_000;

/**
 * Seals store credentials, and opens them where a request is signed.
 * @see grants-and-delivery section 6, "Credentials"
 */
@Injectable()
export class StoreVault {
  private readonly opened = new LRUCache<string, StoreCredentials>({ max: MAX_OPEN, ttl: OPEN_MS });

  constructor(private readonly secrets: Secrets) {}

  seal(owner: CredentialOwner, { accessKeyId, secretAccessKey }: StoreCredentials): Buffer {
    const text = JSON.stringify([accessKeyId, secretAccessKey]);
    return this.secrets.seal(aadOf(owner), Buffer.from(text));
  }

  /** @throws Error when what was sealed belongs to another store or version, or was changed. */
  open(owner: CredentialOwner & { readonly credentials: Buffer }): StoreCredentials {
    const name = `${owner.id} ${String(owner.credentialVersion)}`;
    const known = this.opened.get(name);
    if (known) {
      return known;
    }
    const text = this.secrets.open(aadOf(owner), owner.credentials).toString();
    const [accessKeyId, secretAccessKey] = JSON.parse(text) as [string, string];
    const credentials = { accessKeyId, secretAccessKey };
    this.opened.set(name, credentials);
    return credentials;
  }

  /** What a probe was given for a while; it opens for the same store only. */
  sealSession(owner: CredentialOwner, session: ProbeSession | null): Buffer | null {
    return session && this.secrets.seal(sessionAad(owner), Buffer.from(JSON.stringify(session)));
  }

  /** @returns null where there is none. */
  openSession(
    owner: CredentialOwner & { readonly probeSession: Buffer | null },
  ): ProbeSession | null {
    if (owner.probeSession === null) {
      return null;
    }
    const text = this.secrets.open(sessionAad(owner), owner.probeSession).toString();
    const session = JSON.parse(text) as Omit<ProbeSession, 'expiresAt'> & { expiresAt: string };
    return { ...session, expiresAt: new Date(session.expiresAt) };
  }

  /** Tells equal credentials from others, and tells nothing about them without the KEK. */
  fingerprint({ accessKeyId, secretAccessKey }: StoreCredentials): string {
    return createHmac('sha256', this.secrets.key('store-credentials-fingerprint'))
      .update(JSON.stringify([accessKeyId, secretAccessKey]))
      .digest('hex');
  }
}

function aadOf({ organisationId, id, credentialVersion }: CredentialOwner): string {
  return `${organisationId}|${id}|${String(credentialVersion)}|store-credentials`;
}

// Without the version: a session outlives the key that asked for it, and its end is still worth seeing.
function sessionAad({ organisationId, id }: CredentialOwner): string {
  return `${organisationId}|${id}|store-probe-session`;
}
