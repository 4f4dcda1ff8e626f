import type { ConcordatError } from '../../../kernel/errors.js';
import type { FormFields } from './form-input.js';
import { inPlainWords } from './plain-words.js';

/** What the page calls each field, by the name that the API has for it: `credentials.accessKeyId`. */
export type FormLabels = Readonly<Record<string, string>>;

interface FormError {
  readonly text: string;
  readonly href?: string;
}

/** What a page says of a form that was refused: a summary, each field's own message, and everything that was typed. */
export interface FormFailure {
  readonly errors: readonly FormError[];
  readonly errorOf: Readonly<Record<string, { readonly text: string } | undefined>>;
  readonly typed: FormFields;
}

/** The same words in the summary and at the field (R7.2). What belongs to no field of the page is named as the API does. */
export function failureOf(
  error: ConcordatError,
  labels: FormLabels,
  typed: FormFields,
  place = '',
): FormFailure {
  const found = (error.fields.errors ?? []).map(({ pointer, reason }) => {
    const field = fieldFor(withoutPlace(pointer, place), labels);
    const name = field ?? pointer.slice(1).replaceAll('/', '.');
    const label = field === undefined ? name : (labels[field] ?? name);
    return { field, text: inWords(label, name, reason, isEmpty(typed, field ?? '')) };
  });
  const errors = found.map(({ field, text }) => ({
    text,
    ...(field === undefined ? {} : { href: `#${field}` }),
  }));
  const errorOf: Record<string, { readonly text: string }> = {};
  for (const { field, text } of found) {
    if (field !== undefined) {
      errorOf[field] ??= { text };
    }
  }
  const whole = errors.length > 0 ? errors : [{ text: error.message }];
  return { errors: whole, errorOf, typed };
}

/** The nearest field that the page has: `/parties/0/name` is `parties.0.name`, `parties.0` or `parties`. */
function fieldFor(pointer: string, labels: FormLabels): string | undefined {
  const names = pointer.split('/').slice(1);
  for (let length = names.length; length > 0; length -= 1) {
    const field = names.slice(0, length).join('.');
    if (Object.hasOwn(labels, field)) {
      return field;
    }
  }
  return undefined;
}

/** @param place of the form in the whole that errors point into: `parties.0`. */
function withoutPlace(pointer: string, place: string): string {
  const prefix = `/${place.replaceAll('.', '/')}/`;
  return place !== '' && pointer.startsWith(prefix) ? pointer.slice(prefix.length - 1) : pointer;
}

/** A date is empty when all of its parts are. */
function isEmpty(typed: FormFields, field: string): boolean {
  const names = [field, ...['day', 'month', 'year'].map((part) => `${field}-${part}`)];
  return names.every((name) => [typed[name] ?? []].flat().every((text) => text.trim() === ''));
}

/** class-validator begins with the name of the property, which no page shows. */
function inWords(label: string, field: string, reason: string, isEmpty: boolean): string {
  const name = field.slice(field.lastIndexOf('.') + 1);
  const rest = reason.startsWith(`${name} `) ? reason.slice(name.length + 1) : reason;
  const words = inPlainWords(rest, isEmpty);
  if (label === '') {
    return words;
  }
  return label.endsWith('?') ? `${label} It ${words}` : `${label} ${words}`;
}
