import { isUuid } from '../kernel/ids.js';

/** The client that people's own tokens name. */
export const CLIENT_OF_PEOPLE = 'concordat-person';
export const TOKEN_LIFETIME_SECONDS = 600;
const SKEW_SECONDS = 30;
/** The type of the one RFC 9396 element in a grant token. */
export const DETAIL_TYPE = 'urn:concordat:grant:v1';
const THUMBPRINT = /^[\w-]{43}$/;

export interface GrantTokenClaims {
  readonly grantId: string;
  readonly epoch: number;
  readonly delivery: string;
  readonly jti: string;
  /** Until when it may begin something. */
  readonly expiresAt: Date;
  /** The key whose possession must be proved with the token; null for a bearer token. */
  readonly jkt: string | null;
  /** The program that it was given to; null for a person. */
  readonly clientId: string | null;
}

type Payload = Readonly<Record<string, unknown>>;

/**
 * What a grant token says; undefined when it is not for this resource, not of now, or not of the shape that the broker gives
 * its tokens. A claim that is there and says nothing (`cnf` without a key) is no claim that is absent.
 * @param now seconds since 1970.
 */
export function readGrantClaims(
  payload: Payload,
  expected: { readonly issuer: string; readonly audience: string; readonly now: number },
): GrantTokenClaims | undefined {
  const { iss, aud, sub, jti, client_id: client } = payload;
  const isOurs =
    iss === expected.issuer &&
    aud === expected.audience &&
    isText(sub) &&
    isText(jti) &&
    isText(client);
  const expiresAt = timelyEnd(payload, expected.now);
  const jkt = keyOf(payload['cnf']);
  const detail = detailOf(payload['authorization_details']);
  return isOurs && expiresAt && jkt !== undefined && detail
    ? { ...detail, jti, jkt, expiresAt, clientId: client === CLIENT_OF_PEOPLE ? null : client }
    : undefined;
}

function timelyEnd({ iat, exp, nbf }: Payload, now: number): Date | undefined {
  const isTimely =
    isWhole(iat) &&
    isWhole(exp) &&
    iat <= now + SKEW_SECONDS &&
    now < exp &&
    exp <= iat + TOKEN_LIFETIME_SECONDS &&
    (nbf === undefined || (isWhole(nbf) && nbf <= now + SKEW_SECONDS));
  return isTimely ? new Date(exp * 1000) : undefined;
}

/** @returns null for a token without `cnf`, undefined for one whose `cnf` names no key. */
function keyOf(cnf: unknown): string | null | undefined {
  if (cnf === undefined) {
    return null;
  }
  const { jkt, ...others } = Object(cnf) as Payload;
  const isKey = typeof jkt === 'string' && THUMBPRINT.test(jkt);
  return isKey && Object.keys(others).length === 0 ? jkt : undefined;
}

function detailOf(
  details: unknown,
): Pick<GrantTokenClaims, 'grantId' | 'epoch' | 'delivery'> | undefined {
  if (!Array.isArray(details) || details.length !== 1) {
    return undefined;
  }
  const { type, grant_id: grantId, epoch, delivery } = Object(details[0]) as Payload;
  return type === DETAIL_TYPE &&
    typeof grantId === 'string' &&
    isUuid(grantId) &&
    isWhole(epoch) &&
    epoch > 0 &&
    isText(delivery)
    ? { grantId, epoch, delivery }
    : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
