/** Members whose values are secret wherever they stand, compared without case, `-` and `_`. */
const SECRET_NAMES =
  /^(authorization|proxyauthorization|dpop|cookie|setcookie|secret|secretaccesskey|clientsecret|accesskey|password|passwd|passphrase|kek|privatekey|sessiontoken|credentials|codeverifier|nonce|sid|code|assertion|clientassertion|.*token|parameters)$/;

/** Secrets inside text: query strings, our tokens, compact JWS and JWE, bearer headers, passwords in URLs. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\?[^\s"'<>]+/g, '?[redacted]'],
  [/\b(cdt|cdi)_[A-Za-z0-9_-]+/g, '$1_[redacted]'],
  [/\beyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]+/g, '[redacted]'],
  [/\b(Bearer|DPoP|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, '$1 [redacted]'],
  [/(\w+:\/\/)[^\s/@"']+@/g, '$1[redacted]@'],
  [/\bX-Amz-(Signature|Credential|Security-Token)=[^\s&"']+/gi, 'X-Amz-$1=[redacted]'],
];
const REDACTED = '[redacted]';
const DEPTH = 6;
const MAX_TEXT = 8_192;

/** Text for the log, without the secrets that libraries put into their messages. */
export function redactText(text: string): string {
  return SECRET_TEXT.reduce(
    (kept, [pattern, replacement]) => kept.replace(pattern, replacement),
    text.slice(0, MAX_TEXT),
  );
}

/** What the log keeps of a value: plain data without secrets, errors by their public face, nothing else. */
export function redact(value: unknown, depth = DEPTH): unknown {
  if (typeof value === 'string') {
    return redactText(value);
  }
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'function' ? undefined : value;
  }
  if (depth === 0) {
    return '[deep]';
  }
  if (value instanceof Error) {
    return errorFields(value, depth);
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown) => redact(item, depth - 1));
  }
  return isPlain(value) ? redactMembers(value, depth) : plainText(value);
}

/**
 * The type, message, stack and code of an error and of its causes. Other members stay out: a database driver's error
 * carries the statement's parameters, an HTTP client's the headers.
 */
function errorFields(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as Error & { code?: unknown };
  return {
    type: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.cause instanceof Error ? { cause: redact(error.cause, depth - 1) } : {}),
  };
}

function redactMembers(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [
      name,
      isSecret(name, member) ? REDACTED : redact(member, depth - 1),
    ]),
  );
}

/** An error's own code (`code: 'not_found'`) is told from an authorization code by its form. */
function isSecret(name: string, member: unknown): boolean {
  const flat = name.toLowerCase().replaceAll(/[-_]/g, '');
  const isErrorCode =
    flat === 'code' && typeof member === 'string' && /^[a-z_]{1,40}$/.test(member);
  return SECRET_NAMES.test(flat) && !isErrorCode;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function plainText(value: object): string {
  return value instanceof Date ? value.toISOString() : `[${value.constructor.name}]`;
}
