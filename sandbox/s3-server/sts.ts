import { randomBytes } from 'node:crypto';
import { systemClock } from '../../src/kernel/clock.js';
import { escapeXml, S3Error } from './s3-error.js';
import type { S3Credential } from './sigv4.js';

const MIN_SECONDS = 900;
const MAX_SECONDS = 3_600;
const MAX_SESSIONS = 10_000;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** A role that one key may assume: it may read what its trust says, narrowed by the session's own policy. */
export interface S3Role {
  readonly arn: string;
  readonly accessKeyId: string;
}

/** AssumeRole of this machine's store: sessions live in memory, read one prefix, and end. */
export class StsSessions {
  private readonly sessions = new Map<string, S3Credential>();

  constructor(private readonly roles: readonly S3Role[]) {}

  find(accessKeyId: string): S3Credential | undefined {
    return this.sessions.get(accessKeyId);
  }

  /** @param form the signed body. @returns the answer's XML. */
  assumeRole(caller: S3Credential, form: URLSearchParams): string {
    const arn = form.get('RoleArn') ?? '';
    const seconds = Number(form.get('DurationSeconds') ?? MAX_SECONDS);
    const name = form.get('RoleSessionName') ?? '';
    if (form.get('Action') !== 'AssumeRole' || !SESSION_NAME.test(name)) {
      throw new S3Error('InvalidArgument', 'Not an AssumeRole that this store knows');
    }
    if (!this.roles.some((role) => role.arn === arn && role.accessKeyId === caller.accessKeyId)) {
      throw new S3Error('AccessDenied');
    }
    if (!Number.isInteger(seconds) || seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
      throw new S3Error('InvalidArgument', 'DurationSeconds is out of range');
    }
    const expiresAt = new Date(systemClock.now().getTime() + seconds * 1000);
    const role = arn.slice(arn.lastIndexOf('/') + 1);
    const readOnly = [prefixOf(form.get('Policy'))];
    return answerXml(this.open({ readOnly, expiresAt, session: { role, name } }), expiresAt);
  }

  private open(
    given: Pick<S3Credential, 'readOnly' | 'session'> & { readonly expiresAt: Date },
  ): S3Credential {
    const now = systemClock.now().getTime();
    for (const [id, { expiresAt: end }] of this.sessions) {
      if ((end?.getTime() ?? 0) < now - MAX_SECONDS * 1000) {
        this.sessions.delete(id);
      }
    }
    if (this.sessions.size >= MAX_SESSIONS) {
      throw new S3Error('InternalError', 'Too many sessions');
    }
    const session = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(24).toString('base64url'),
      sessionToken: randomBytes(48).toString('base64url'),
      ...given,
    };
    this.sessions.set(session.accessKeyId, session);
    return session;
  }
}

// Reads only the one shape of policy, and as strictly as RADOS Gateway 16: a space in it is refused.
function prefixOf(policy: string | null): { bucket: string; prefix: string } {
  const match =
    /^\{"Version":"2012-10-17","Statement":\[\{"Effect":"Allow","Action":\["s3:GetObject"\],"Resource":\["arn:aws:s3:::([\w.-]+)\/([^*?"\\\s]+\/)\*"\]\},\{"Effect":"Allow","Action":\["s3:ListBucket"\],"Resource":\["arn:aws:s3:::([\w.-]+)"\],"Condition":\{"StringLike":\{"s3:prefix":\["([^*?"\\\s]+\/)\*"\]\}\}\}\]\}$/.exec(
      policy ?? '',
    );
  const [, bucket = '', prefix = '', listedBucket, listedPrefix] = match ?? [];
  if (!match || listedBucket !== bucket || listedPrefix !== prefix) {
    throw new S3Error('InvalidArgument', 'failed to parse policy');
  }
  return { bucket, prefix };
}

function answerXml(
  { accessKeyId, secretAccessKey, sessionToken = '' }: S3Credential,
  expiresAt: Date,
): string {
  const element = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
    '<AssumeRoleResult><Credentials>' +
    element('AccessKeyId', accessKeyId) +
    element('SecretAccessKey', secretAccessKey) +
    element('SessionToken', sessionToken) +
    element('Expiration', expiresAt.toISOString()) +
    '</Credentials></AssumeRoleResult></AssumeRoleResponse>'
  );
}
