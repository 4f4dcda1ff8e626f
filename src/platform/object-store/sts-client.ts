import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  AssumeRoleCommand,
  STSClient,
  STSServiceException,
  type Credentials,
} from '@aws-sdk/client-sts';
import { Injectable } from '@nestjs/common';
import { ConcordatError } from '../../kernel/errors.js';
import { EgressGuard } from './egress-guard.js';
import { sessionPolicy } from './session-policy.rules.js';
import type { StoreLocation } from './store-location.js';

const CONNECT_MS = 2_000;
const REQUEST_MS = 10_000;
/** The shortest that AWS and RADOS Gateway give. */
export const SESSION_SECONDS = 900;

/** Credentials of a store for a while, narrower than the broker's own. Holds secrets: never logged, never kept in a row. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: Date;
}

export interface SessionRequest {
  /** Who will have been there, in the store's own log: the grant's id. */
  readonly sessionName: string;
  readonly prefix: string;
  readonly signal?: AbortSignal | undefined;
}

/** Asks a store's STS for credentials that read one prefix for 900 seconds (grants-and-delivery section 6). */
@Injectable()
export class StsClient {
  constructor(private readonly guard: EgressGuard) {}

  /** @throws ConcordatError `location_invalid` (no permitted STS), `store_unreachable`, `store_failed`. */
  async assumeRole(
    location: StoreLocation,
    { sessionName, prefix, signal }: SessionRequest,
  ): Promise<SessionCredentials> {
    const { sts } = location;
    if (!sts || this.guard.endpointFault(sts.endpoint) !== undefined) {
      throw new ConcordatError('location_invalid');
    }
    const command = new AssumeRoleCommand({
      RoleArn: sts.roleArn,
      RoleSessionName: sessionName,
      DurationSeconds: SESSION_SECONDS,
      Policy: sessionPolicy(location.bucket, prefix),
    });
    const client = this.clientOf(location, sts.endpoint);
    try {
      const answer = await client.send(command, signal ? { abortSignal: signal } : {});
      return credentialsOf(answer.Credentials);
    } catch (error) {
      throw translate(error);
    } finally {
      client.destroy();
    }
  }

  // One call in fifteen minutes for a grant: no client is kept, and with it no secret.
  private clientOf(
    { region, accessKeyId, secretAccessKey }: StoreLocation,
    endpoint: string,
  ): STSClient {
    const agent = { lookup: this.guard.lookup };
    return new STSClient({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 3,
      retryMode: 'standard',
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: REQUEST_MS,
        throwOnRequestTimeout: true,
        httpAgent: new HttpAgent(agent),
        httpsAgent: new HttpsAgent(agent),
      },
    });
  }
}

function credentialsOf(given: Credentials | undefined): SessionCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  // A store without STS of its own may hand back keys that are not a session's: those would be neither narrow nor short.
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new ConcordatError('store_failed');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresAt: Expiration,
  };
}

// As in the store client: the SDK's words may name the role or the key, and go to the log as cause only.
function translate(error: unknown): unknown {
  if (error instanceof ConcordatError || (error instanceof Error && error.name === 'AbortError')) {
    return error;
  }
  const code = error instanceof STSServiceException ? 'store_failed' : 'store_unreachable';
  return new ConcordatError(code, {}, { cause: error });
}
