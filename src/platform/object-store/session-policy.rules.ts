import { prefixFault } from './object-name.rules.js';

const MAX_POLICY_CHARACTERS = 2_048;
/** What a policy language may read as more than itself: wildcards, variables, quotes, escapes, spaces and controls. */
const UNSAFE = /[*?$"\\\s\p{Cc}]/u;

/** Why no session policy can be written for exactly this prefix, or undefined. */
export function sessionPolicyFault(prefix: string): string | undefined {
  const fault = prefixFault(prefix);
  if (fault !== undefined) {
    return fault;
  }
  if (UNSAFE.test(prefix)) {
    return 'has a wildcard, a quote, a space or another sign that a policy would not read as itself';
  }
  return policyText('b'.repeat(63), prefix).length > MAX_POLICY_CHARACTERS
    ? 'is too long for a session policy'
    : undefined;
}

/**
 * The inline policy of an `AssumeRole`: read the objects under one prefix, list it, and nothing else. Minified: RADOS
 * Gateway 16 takes a form-encoded space as a literal `+` and answers `failed to parse policy`.
 * @throws Error for a prefix with a `sessionPolicyFault`: an empty or wider policy is never made instead.
 * @see grants-and-delivery section 6, "STS"
 */
export function sessionPolicy(bucket: string, prefix: string): string {
  const fault = sessionPolicyFault(prefix);
  if (fault !== undefined) {
    throw new Error(`No session policy: the prefix ${fault}`);
  }
  return policyText(bucket, prefix);
}

function policyText(bucket: string, prefix: string): string {
  const arn = `arn:aws:s3:::${bucket}`;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`${arn}/${prefix}*`] },
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: [arn],
        Condition: { StringLike: { 's3:prefix': [`${prefix}*`] } },
      },
    ],
  });
}
