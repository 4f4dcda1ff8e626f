import type { StopQuestion, StopType } from '../../../grants/impact/impact.rules.js';
import { ConcordatError } from '../../../kernel/errors.js';
import { isUuid } from '../../../kernel/ids.js';
import { PERSON } from '../../audit-search.dto.js';

/** As it comes in; each field is well-formed by itself. */
export interface ImpactAsked {
  readonly type: StopType;
  readonly id: string;
  readonly part?: string | undefined;
}

interface Question {
  /** Without the person: the event of the reading is about them. */
  readonly filters: Readonly<Record<string, string | undefined>>;
  readonly person: string | undefined;
  /** @param personId of the person that was named. */
  readonly questionFor: (personId: string | null) => StopQuestion;
}

/** @throws ConcordatError `input_invalid` for a pseudonym of what is no person, or for a member who cannot be one. */
export function toQuestion({ type, id, part }: ImpactAsked): Question {
  const whole = { type, id, part: part ?? null };
  if (type === 'person') {
    return {
      filters: { type, part },
      person: id,
      questionFor: (personId) => ({ ...whole, id: personId ?? id }),
    };
  }
  if (!isUuid(id)) {
    throw refused('/id', 'must be an id');
  }
  if (type !== 'project_member') {
    return { filters: { type, id, part }, person: undefined, questionFor: () => whole };
  }
  if (part === undefined || !PERSON.test(part)) {
    throw refused('/part', 'must be a pseudonym or an id');
  }
  return {
    filters: { type, id },
    person: part,
    questionFor: (personId) => ({ ...whole, part: personId }),
  };
}

function refused(pointer: string, reason: string): ConcordatError {
  return new ConcordatError('input_invalid', { errors: [{ pointer, reason }] });
}
