import { capitalised } from '../../kernel/capitalised.js';
import type { Json } from '../../kernel/canonical-json.js';
import type { ThingNames } from '../../organisations/naming/thing-names.service.js';
import type { Cell } from '../../platform/web/pages/blocks.js';
import {
  GREEN,
  RED,
  tagOf,
  YELLOW,
  type StatusTag,
  type StatusTags,
} from '../../platform/web/pages/status-tag.js';

const OUTCOMES: StatusTags = {
  success: { text: 'Done', classes: GREEN },
  refused: { text: 'Refused', classes: RED },
  failed: { text: 'Failed', classes: YELLOW },
};
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:/;

/** `grant.revoked` as `Grant revoked`. */
export function eventInWords(type: string): string {
  return sentence(type.replace('.', ' ').replaceAll('-', ' ').replaceAll('_', ' '));
}

export function outcomeTag(outcome: string): StatusTag {
  return tagOf(OUTCOMES, outcome);
}

/** The name of a field as words: `agreementVersion` as `Agreement version`. */
export function fieldInWords(name: string): string {
  return sentence(
    name
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .replace(/ id$/, ''),
  );
}

/** A value as a cell: ids by name, instants as times, lists with commas. */
export function valueCell(value: Json | undefined, names: ThingNames): Cell {
  if (value === null || value === undefined) {
    return { text: '' };
  }
  if (typeof value === 'string') {
    if (ID.test(value)) {
      return names.cell(value);
    }
    return INSTANT.test(value) ? { instant: value } : { text: value };
  }
  if (typeof value === 'boolean') {
    return { text: value ? 'Yes' : 'No' };
  }
  if (Array.isArray(value)) {
    return {
      text: (value as readonly Json[]).map((one) => valueCell(one, names).text ?? '').join(', '),
    };
  }
  if (typeof value !== 'object') {
    return { text: String(value) };
  }
  const { id } = value as { readonly id?: Json };
  return typeof id === 'string' ? names.cell(id) : { text: JSON.stringify(value) };
}

/** Every id in a value, for its name. */
export function idsIn(value: unknown): readonly string[] {
  return JSON.stringify(value ?? null).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
}

function sentence(text: string): string {
  return capitalised(text);
}
