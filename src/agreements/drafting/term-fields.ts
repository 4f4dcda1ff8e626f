import type { Choice, Field } from '../../platform/web/pages/blocks.js';
import {
  choicesOf,
  dayFields,
  dayOf,
  linesOf,
  textOf,
} from '../../platform/web/pages/form-fields.js';
import type { FormFields } from '../../platform/web/pages/form-input.js';

/** One term as a form asks for it. `name` is its place in the terms: `title`, `dpia.status`. */
export interface TermField {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'area' | 'day' | 'one' | 'many' | 'whole' | 'flag' | 'lines' | 'reasons';
  readonly hint?: string;
  /** What may be chosen, of `one` and `many`. */
  readonly items?: readonly Choice[];
}

const YES_NO: readonly Choice[] = [
  { value: 'yes', text: 'Yes' },
  { value: 'no', text: 'No' },
];

export function labelsOf(fields: readonly TermField[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.map(({ name, label }) => [name, label]));
}

export function formField({ name, kind, hint, items = [] }: TermField): Field {
  const about = { name, ...(hint !== undefined && { hint }) };
  switch (kind) {
    case 'area':
      return { ...about, type: 'area', rows: 4 };
    case 'lines':
    case 'reasons':
      return { ...about, type: 'area', rows: 6 };
    case 'day':
      return { ...about, type: 'day' };
    case 'one':
      // Many choices are a list to choose from; few are seen at once.
      return { ...about, type: items.length > 7 ? 'select' : 'radio', items: withNone(items) };
    case 'many':
      return { ...about, type: 'checkbox', items };
    case 'flag':
      return { ...about, type: 'radio', items: YES_NO };
    case 'whole':
      return { ...about, type: 'text', classes: 'govuk-input--width-10' };
    default:
      return { ...about, type: 'text' };
  }
}

function withNone(items: readonly Choice[]): readonly Choice[] {
  return items.length > 7 ? [{ value: '', text: 'Choose' }, ...items] : items;
}

/** What was typed as terms, nested by the dots of the names; null is a term that was left out. */
export function termsFrom(
  fields: readonly TermField[],
  typed: FormFields,
): Record<string, unknown> {
  const terms: Record<string, unknown> = {};
  for (const field of fields) {
    const [outer = '', inner] = field.name.split('.');
    const value = valueFrom(field, typed);
    if (inner === undefined) {
      terms[outer] = value;
    } else {
      terms[outer] = { ...(terms[outer] as object | undefined), [inner]: value };
    }
  }
  return terms;
}

function valueFrom({ name, kind }: TermField, typed: FormFields): unknown {
  switch (kind) {
    case 'many':
      return choicesOf(typed, name);
    case 'lines': {
      const lines = linesOf(typed, name);
      return lines.length === 0 ? null : lines;
    }
    case 'reasons':
      return linesOf(typed, name).map(reasonFrom);
    case 'day':
      return dayOf(typed, name) ?? null;
    case 'flag':
      return flagFrom(textOf(typed, name));
    case 'whole':
      return wholeFrom(textOf(typed, name));
    default:
      return textOf(typed, name) ?? null;
  }
}

/** `name: why it is needed` on a line. */
function reasonFrom(line: string): { name: string; reason: string } {
  const at = line.indexOf(':');
  return at === -1
    ? { name: line, reason: '' }
    : { name: line.slice(0, at).trim(), reason: line.slice(at + 1).trim() };
}

function flagFrom(text: string | undefined): boolean | null {
  return text === undefined ? null : text === 'yes';
}

/** What is no number stays as it was typed: the rules of the terms say what is wrong with it. */
function wholeFrom(text: string | undefined): number | string | null {
  if (text === undefined) {
    return null;
  }
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** What the form holds of the terms. */
export function typedFrom(fields: readonly TermField[], terms: object): FormFields {
  const typed: Record<string, string | readonly string[] | undefined> = {};
  for (const field of fields) {
    const value = at(terms, field.name);
    Object.assign(
      typed,
      field.kind === 'day'
        ? dayFields(field.name, textFrom(value))
        : {
            [field.name]: shownFrom(field, value),
          },
    );
  }
  return typed;
}

function at(terms: object, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null
          ? (value as Readonly<Record<string, unknown>>)[part]
          : undefined,
      terms,
    );
}

function shownFrom({ kind }: TermField, value: unknown): string | readonly string[] | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  switch (kind) {
    case 'many':
      return value as readonly string[];
    case 'lines':
      return (value as readonly string[]).join('\n');
    case 'reasons':
      return (value as readonly { name?: string; reason?: string }[])
        .map(({ name = '', reason = '' }) => `${name}: ${reason}`)
        .join('\n');
    case 'flag':
      return value === true ? 'yes' : 'no';
    default:
      return textFrom(value);
  }
}

function textFrom(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
