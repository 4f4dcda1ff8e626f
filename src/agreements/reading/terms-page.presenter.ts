import type { ThingNames } from '../../organisations/naming/thing-names.service.js';
import { formatBytes } from '../../platform/web/pages/quantities.js';
import { formatDay } from '../../platform/web/date-filters.js';
import type { Block, Cell, Choice, SummaryRow } from '../../platform/web/pages/blocks.js';
import type { ListSection, Section } from '../drafting/sections.js';
import type { TermField } from '../drafting/term-fields.js';
import { titleOf } from '../drafting/draft-page.presenter.js';

type Terms = Readonly<Record<string, unknown>>;

/** Every term of a version in words, in the order in which it is written. */
export function termsBlocks(
  terms: Terms,
  {
    sections,
    lists,
  }: { readonly sections: readonly Section[]; readonly lists: readonly ListSection[] },
  names: ThingNames,
): readonly Block[] {
  return [
    ...sections.flatMap(({ title, fields }) => sectionBlocks(title, fields, terms, names)),
    ...lists.flatMap(({ title, name, fields }) =>
      ((terms[name] ?? []) as readonly Terms[]).flatMap((entry) =>
        sectionBlocks(`${title}: ${titleOf(entry, names) ?? ''}`, fields, entry, names),
      ),
    ),
  ];
}

function sectionBlocks(
  title: string,
  fields: readonly TermField[],
  terms: Terms,
  names: ThingNames,
): readonly Block[] {
  const rows = fields.flatMap((field): SummaryRow[] => {
    const value = at(terms, field.name);
    return value === undefined || value === null || isEmptyList(value)
      ? []
      : [{ key: plain(field.label), value: cellOf(field, value, names) }];
  });
  return rows.length === 0
    ? []
    : [
        { kind: 'heading', text: title },
        { kind: 'summary', rows },
      ];
}

/** Without what the form says to its writer: `(optional)`. */
function plain(label: string): string {
  return label.replace(/\s*\([^)]*(optional|only)[^)]*\)$/, '').replace(/\?$/, '');
}

export function cellOf(
  { name, kind, items = [] }: TermField,
  value: unknown,
  names: ThingNames,
): Cell {
  switch (kind) {
    case 'day':
      return { text: formatDay(String(value)) };
    case 'flag':
      return { text: value === true ? 'Yes' : 'No' };
    case 'many':
      return listCell((value as readonly string[]).map((code) => chosen(items, code, names)));
    case 'lines':
      return listCell(value as readonly string[]);
    case 'reasons':
      return listCell(
        (value as readonly { name?: string; reason?: string }[]).map(
          (one) => `${one.name ?? ''}: ${one.reason ?? ''}`,
        ),
      );
    case 'one':
      return { text: chosen(items, String(value), names) };
    case 'whole':
      return { text: name === 'maxBytes' ? formatBytes(Number(value)) : String(value) };
    default:
      return { text: String(value) };
  }
}

function listCell(texts: readonly string[]): Cell {
  const [first = '', ...others] = texts;
  return { text: first, notes: others };
}

/** A thing that may no longer be chosen still has its name. */
function chosen(items: readonly Choice[], value: string, names: ThingNames): string {
  return items.find((item) => item.value === value)?.text ?? names.of(value);
}

function at(terms: Terms, name: string): unknown {
  const [outer = '', inner] = name.split('.');
  const value = terms[outer];
  return inner === undefined ? value : (value as Terms | undefined)?.[inner];
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
