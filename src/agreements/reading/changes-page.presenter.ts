import type { Json } from '../../kernel/canonical-json.js';
import type { ThingNames } from '../../organisations/naming/thing-names.service.js';
import type { Cell } from '../../platform/web/pages/blocks.js';
import type { ListSection, Section } from '../drafting/sections.js';
import type { TermField } from '../drafting/term-fields.js';
import type { TermChange } from '../versions/term-changes.rules.js';
import { cellOf } from './terms-page.presenter.js';

interface Forms {
  readonly sections: readonly Section[];
  readonly lists: readonly ListSection[];
}

/** Each change with the name of its term, and in words what kind of change it is: nothing is told by colour alone (R3.4). */
export function changeRows(
  changes: readonly TermChange[],
  forms: Forms,
  names: ThingNames,
): readonly (readonly Cell[])[] {
  return changes.map(({ pointer, before, after }) => {
    const { label, field } = termAt(pointer, forms);
    return [
      { text: label },
      { text: kindOf(before, after) },
      shown(field, before, names),
      shown(field, after, names),
    ];
  });
}

function kindOf(before: Json, after: Json): string {
  if (before === null) {
    return 'New';
  }
  return after === null ? 'Taken out' : 'Changed';
}

/** @returns also the form's field for it, when the pointer names all of that field. */
function termAt(pointer: string, { sections, lists }: Forms) {
  const parts = pointer.split('/').slice(1);
  const [first = '', second, third] = parts;
  const list = lists.find(({ name }) => name === first);
  if (list) {
    const field = list.fields.find(({ name }) => name === third);
    const label = `${list.title}, ${String(Number(second) + 1)}`;
    const isWhole = parts.length === 3;
    return {
      label: field ? `${label}: ${field.label}` : label,
      field: isWhole ? field : undefined,
    };
  }
  const fields = sections.flatMap((section) => section.fields);
  const whole = fields.find(({ name }) => name === parts.join('.'));
  const near = whole ?? fields.find(({ name }) => name === first);
  return { label: near?.label ?? parts.join(', '), field: whole };
}

function shown(field: TermField | undefined, value: Json, names: ThingNames): Cell {
  if (value === null) {
    return { text: 'Nothing' };
  }
  // A part of a term has no form of its own: it is shown as it is written.
  return field ? cellOf(field, value, names) : { text: textOf(value) };
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
