import { ConcordatError } from '../../kernel/errors.js';

/**
 * A parameter of an OAuth form. Parameters that nobody here knows are ignored, as OAuth says.
 * @throws ConcordatError `request_malformed` (400) with `error: invalid_request` when it is absent, empty or there twice.
 * @see RFC 6749 sections 3.2 and 5.2
 */
export function formText(form: unknown, name: string): string {
  const values = Object(form) as Readonly<Record<string, unknown>>;
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (typeof value !== 'string' || value === '') {
    const detail = `Send the parameter ${name}, once.`;
    throw new ConcordatError('request_malformed', { error: 'invalid_request', detail });
  }
  return value;
}
