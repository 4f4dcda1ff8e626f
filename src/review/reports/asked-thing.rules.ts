import { ConcordatError } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';

/** What is asked about, as `Reports` wants it: a person is no filter, the event of the reading is about them. */
export interface AskedThing {
  readonly filters: { readonly type: string; readonly id?: string };
  readonly person: string | undefined;
}

/**
 * @param id of a person, a pseudonym does as well.
 * @throws ConcordatError `input_invalid` for a pseudonym of anything else.
 */
export function askedThing(type: string, id: string): AskedThing {
  if (type === 'person') {
    return { filters: { type }, person: id };
  }
  if (!isUuid(id)) {
    const errors = [{ pointer: '/id', reason: 'must be an id' }];
    throw new ConcordatError('input_invalid', { errors });
  }
  return { filters: { type, id }, person: undefined };
}
