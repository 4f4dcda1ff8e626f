import { S3ServiceException } from '@aws-sdk/client-s3';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { isConcordatError } from '../../kernel/errors.js';
import { fail, pass, skip, type Outcome } from './probe-check.js';
import { sessionPolicyFault } from './session-policy.rules.js';
import { ProbeClient, type StoredObject } from './store-client.js';
import type { StoreLocation } from './store-location.js';
import { StsClient, type SessionCredentials } from './sts-client.js';

const PROBE_SESSION = 'concordat-probe';
const STRANGER = 'concordat-probe-outside/object';
const OUTSIDE_LOOKED_AT = 1_000;

/** Credentials that a probe was given, kept until they have ended: then the next one sees whether the store knows. */
export interface ProbeSession extends SessionCredentials {
  /** What they could read. */
  readonly key: string;
}

/** What is asked of a store's STS, in this order. */
export const STS_CHECKS = [
  'sts_inside_allowed',
  'sts_outside_refused',
  'sts_sibling_refused',
  'sts_expired_refused',
] as const;
type StsCheck = (typeof STS_CHECKS)[number];

interface Asked {
  readonly location: StoreLocation;
  readonly sample: StoredObject;
  readonly earlier: ProbeSession | null;
  readonly signal: AbortSignal;
}

/** Finds out whether credentials of a store's STS read one prefix, nothing beside it, and nothing after their end. */
@Injectable()
export class StsProbe {
  constructor(
    private readonly client: ProbeClient,
    private readonly sts: StsClient,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError when the STS gives none: no check can be made then. */
  async open({ location, sample, signal }: Asked): Promise<ProbeSession | Outcome> {
    const prefix = folderOf(sample);
    const fault = sessionPolicyFault(prefix);
    if (fault !== undefined) {
      return skip(`The prefix of the object found ${fault}`);
    }
    const asked = { sessionName: PROBE_SESSION, prefix, signal };
    const session = await this.sts.assumeRole(location, asked);
    return { ...session, key: sample.key };
  }

  run(name: StsCheck, asked: Asked, session: ProbeSession): Promise<Outcome> {
    const checks: Readonly<Record<StsCheck, () => Promise<Outcome>>> = {
      sts_inside_allowed: () => this.inside(asked, session),
      sts_outside_refused: () => this.outside(asked, session),
      sts_sibling_refused: () => this.sibling(asked, session),
      sts_expired_refused: () => this.expired(asked),
    };
    return checks[name]();
  }

  private async inside(asked: Asked, session: ProbeSession): Promise<Outcome> {
    const { body } = await this.read(asked, session, session.key);
    body.destroy();
    const { objects } = await this.list(asked, session, folderOf(session));
    return objects.length > 0
      ? pass('Reads and lists inside its prefix')
      : fail('Lists nothing inside its prefix');
  }

  private async outside(asked: Asked, session: ProbeSession): Promise<Outcome> {
    return allRefused([
      this.list(asked, session, ''),
      this.list(asked, session, STRANGER),
      this.read(asked, session, (await this.findOutside(asked, folderOf(session))) ?? STRANGER),
    ]);
  }

  // The broker's own key may be limited to a prefix, and then sees nothing outside it either.
  private async findOutside(
    { location, signal }: Asked,
    folder: string,
  ): Promise<string | undefined> {
    const page = await this.client
      .list(location, '', { limit: OUTSIDE_LOOKED_AT, signal })
      .catch(() => undefined);
    return page?.objects.find(({ key }) => !key.startsWith(folder))?.key;
  }

  // `a/b/` must not open `a/b2/`, nor the listing of everything that starts with `a/b`.
  private async sibling(asked: Asked, session: ProbeSession): Promise<Outcome> {
    const stem = folderOf(session).slice(0, -1);
    return allRefused([
      this.list(asked, session, stem),
      this.list(asked, session, `${stem}-concordat-probe/`),
      this.read(asked, session, `${stem}-concordat-probe/object`),
    ]);
  }

  private async expired(asked: Asked): Promise<Outcome> {
    const { earlier } = asked;
    if (earlier === null || earlier.expiresAt.getTime() > this.clock.now().getTime()) {
      return skip('No credentials of an earlier probe have ended yet');
    }
    return allRefused([this.read(asked, earlier, earlier.key)]);
  }

  private read({ location, signal }: Asked, session: ProbeSession, key: string) {
    const read = { key, range: 'bytes=0-0', signal };
    return this.client.get(withSession(location, session), read, 'question');
  }

  private list({ location, signal }: Asked, session: ProbeSession, prefix: string) {
    return this.client.list(withSession(location, session), prefix, { limit: 1, signal });
  }
}

function withSession(
  location: StoreLocation,
  { accessKeyId, secretAccessKey, sessionToken }: SessionCredentials,
): StoreLocation {
  return { ...location, accessKeyId, secretAccessKey, sessionToken };
}

function folderOf({ key }: { readonly key: string }): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}

// RADOS Gateway looks for an object before it judges: that none is there says neither that it is open nor that it is shut.
async function allRefused(requests: readonly Promise<unknown>[]): Promise<Outcome> {
  const answers = (await Promise.allSettled(requests)).filter(
    (answer) => answer.status === 'fulfilled' || !isConcordatError(answer.reason, 'not_found'),
  );
  const open = answers.find((answer) => answer.status === 'fulfilled' || !isRefusal(answer.reason));
  if (!open) {
    return answers.length > 0 ? pass('Refused') : skip('There is no object to be refused');
  }
  if (open.status === 'rejected' && isConcordatError(open.reason, 'store_unreachable')) {
    return skip('The store did not answer');
  }
  return fail('Answered instead of refusing');
}

function isRefusal(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
  return status === 400 || status === 401 || status === 403;
}
