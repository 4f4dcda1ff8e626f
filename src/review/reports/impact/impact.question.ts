import type { StopQuestion, StopType } from '../../../grants/impact/impact.rules.js';
import { ConcordatError } from '../../../kernel/errors.js';
import { PERSON } from '../../audit-search.dto.js';
import { askedThing } from '../asked-thing.rules.js';

/** As it comes in; each field is well-formed by itself. */
export interface ImpactAsked {
  readonly type: StopType;
  readonly id: string;
  readonly part?: string | undefined;
}

interface Question {
  readonly filters: Readonly<Record<string, string | undefined>>;
  readonly person: string | undefined;
  /** @param personId of the person that was named. */
  readonly questionFor: (personId: string | null) => StopQuestion;
}

/** @throws ConcordatError `input_invalid` for a pseudonym of what is no person, or for a member who cannot be one. */
export function toQuestion({ type, id, part }: ImpactAsked): Question {
  const { filters, person } = askedThing(type, id);
  if (type !== 'project_member') {
    return {
      filters: { ...filters, part },
      person,
      questionFor: (personId) => ({ type, id: personId ?? id, part: part ?? null }),
    };
  }
  if (part === undefined || !PERSON.test(part)) {
    const errors = [{ pointer: '/part', reason: 'must be a pseudonym or an id' }];
    throw new ConcordatError('input_invalid', { errors });
  }
  return {
    filters,
    person: part,
    questionFor: (personId) => ({ type, id, part: personId }),
  };
}
