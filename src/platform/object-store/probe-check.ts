import { ConcordatError } from '../../kernel/errors.js';

export interface ProbeCheck {
  readonly name: string;
  readonly result: 'pass' | 'fail' | 'skip';
  readonly detail: string;
}

export type Outcome = Omit<ProbeCheck, 'name'>;

export const pass = (detail: string): Outcome => ({ result: 'pass', detail });
export const fail = (detail: string): Outcome => ({ result: 'fail', detail });
/** Proves nothing. */
export const skip = (detail: string): Outcome => ({ result: 'skip', detail });

/** What of an error may stand in a probe's result. */
export function reasonOf(error: unknown): string {
  return error instanceof ConcordatError ? error.message : 'The store did not answer as S3 does.';
}
