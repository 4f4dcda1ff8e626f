/** Days as SQL, each a `date`: between which a date comes up, and what day it is. Both ends count. */
export interface Between {
  readonly today: string;
  readonly first: string;
  readonly last: string;
}

/**
 * Where dates of one cause are kept. Every statement answers the same columns: `cause`; `subject`, of what kind the list says;
 * `due_on`; `about`, in words, people by pseudonym (R5.7); `organisations`, where somebody in one of `roles` is accountable;
 * `people`, the subject, where it is one or more of them; `concerned`, the organisations that it is something to (R5.8).
 */
export interface DatesOf<C extends string = string> {
  readonly cause: C;
  /** A table, in the singular: of what `subject` is the id. */
  readonly subjectType: string;
  /** What lapses is over on the next day; what is to be done stays, and is late. */
  readonly kind: 'lapse' | 'review';
  readonly sql: (between: Between) => string;
}

export const NO_PEOPLE = `'{}'::uuid[]`;
