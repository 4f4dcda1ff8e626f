import type { Type } from '@nestjs/common';
import { validationPipe } from '../validation.js';

/** What a form, or the query of a page, holds: a name has one value, or several. */
export type FormFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the API would make of the same input. @throws ConcordatError `input_invalid`, each error with its pointer. */
export async function validInput<T extends object>(dto: Type<T>, input: object): Promise<T> {
  // As a body of JSON would be: a member that is undefined is absent.
  const plain: unknown = JSON.parse(JSON.stringify(input));
  return (await validationPipe.transform(plain, { type: 'body', metatype: dto })) as T;
}

/** Without the fields that nobody filled in. */
export function filledIn(form: FormFields): FormFields {
  return Object.fromEntries(
    Object.entries(form).filter(([, value]) => typeof value !== 'string' || value.trim() !== ''),
  );
}
