import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';

const MAX_AGE_MS = 600_000;
const MAX_PENDING = 5;

/** What a sign-in asked of the provider beyond who the person is. */
export interface SignInDemand {
  /** Any of these proves enough; empty: nothing was asked. */
  readonly acrValues: readonly string[];
  /** The person must have proved who they are at most this long ago. */
  readonly maxAgeSeconds: number | null;
}

/** One sign-in on its way, kept in the person's own session until the provider sends them back. */
export interface PendingSignIn extends SignInDemand {
  readonly handle: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly issuer: string;
  readonly returnTo: string;
  readonly createdAt: number;
}

/** The part of an express-session session that is used here. */
export interface SignInSession {
  pendingSignIns?: readonly PendingSignIn[] | undefined;
}

/** Pending sign-ins of a session: five at most, ten minutes each, used once. */
export class SignInStateStore {
  constructor(private readonly clock: Clock) {}

  /** @returns the handle that travels as `state`. */
  put(session: SignInSession, request: Omit<PendingSignIn, 'handle' | 'createdAt'>): string {
    const handle = randomBytes(32).toString('base64url');
    const createdAt = this.clock.now().getTime();
    const others = this.live(session).slice(1 - MAX_PENDING);
    session.pendingSignIns = [...others, { ...request, handle, createdAt }];
    return handle;
  }

  /** @returns the sign-in of this handle, which is gone from the session from now on. */
  take(session: SignInSession | undefined, handle: unknown): PendingSignIn | undefined {
    if (!session || typeof handle !== 'string') {
      return undefined;
    }
    const pending = this.live(session);
    session.pendingSignIns = pending.filter((candidate) => candidate.handle !== handle);
    return pending.find((candidate) => candidate.handle === handle);
  }

  private live(session: SignInSession): readonly PendingSignIn[] {
    const now = this.clock.now().getTime();
    const isLive = ({ createdAt }: PendingSignIn): boolean => now - createdAt < MAX_AGE_MS;
    return (session.pendingSignIns ?? []).filter(isLive);
  }
}
