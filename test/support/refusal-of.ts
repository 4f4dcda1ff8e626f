import { isConcordatError } from '../../src/kernel/errors.js';

/** What a rule refuses with: its code, and the pointers to what is wrong. `allowed` when it refuses nothing. */
export function refusalOf(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    if (!isConcordatError(error)) {
      throw error;
    }
    const pointers = error.fields.errors?.map(({ pointer }) => pointer) ?? [];
    return [error.code, ...pointers].join(' ');
  }
  return 'allowed';
}
