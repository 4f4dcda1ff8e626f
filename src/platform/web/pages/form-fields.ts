import type { FormFields } from './form-input.js';

/** The text of a field without the spaces around it; undefined when there is none. Of several values, the first. */
export function textOf(form: FormFields, name: string): string | undefined {
  const [first] = valuesOf(form, name);
  return first;
}

/** Every value of a field that has one: of checkboxes, or of a list. */
export function choicesOf(form: FormFields, name: string): readonly string[] {
  return valuesOf(form, name);
}

/** A text area with one thing on each line. */
export function linesOf(form: FormFields, name: string): readonly string[] {
  return valuesOf(form, name).flatMap((text) =>
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
}

/**
 * The day of a date input, whose parts are `name-day`, `name-month` and `name-year`.
 * @returns `YYYY-MM-DD`, which may be no day that exists; undefined when nothing was typed.
 */
export function dayOf(form: FormFields, name: string): string | undefined {
  const [day, month, year] = ['day', 'month', 'year'].map((part) =>
    textOf(form, `${name}-${part}`),
  );
  if (day === undefined && month === undefined && year === undefined) {
    return undefined;
  }
  return `${year ?? ''}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** What a date input shows for a day `YYYY-MM-DD`. */
export function dayFields(name: string, day: string | null | undefined): FormFields {
  const [year, month, date] = (day ?? '').split('-');
  return {
    [`${name}-year`]: year,
    [`${name}-month`]: month && String(Number(month)),
    [`${name}-day`]: date && String(Number(date)),
  };
}

function valuesOf(form: FormFields, name: string): readonly string[] {
  const value = Object.hasOwn(form, name) ? form[name] : undefined;
  return [value ?? []]
    .flat()
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

function twoDigits(text: string | undefined): string {
  return (text ?? '').padStart(2, '0');
}
