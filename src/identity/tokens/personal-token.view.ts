import type { PersonalTokenRow } from './personal-tokens.repository.js';

/** A personal token as its owner sees it: everything but the token. */
export interface PersonalTokenView {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Of the sign-in that made it. */
  readonly authLevel: 1 | 2 | 3;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  /** A London day. */
  readonly lastUsedOn: string | null;
}

export interface NewTokenView extends PersonalTokenView {
  /** Shown once; null to a repeated call. */
  readonly token: string | null;
}

export function toTokenView(row: PersonalTokenRow): PersonalTokenView {
  const { id, name, scopes, authLevel, createdAt, expiresAt, endedAt, lastUsedOn } = row;
  return {
    id,
    name,
    scopes,
    authLevel,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    revokedAt: endedAt?.toISOString() ?? null,
    lastUsedOn,
  };
}
