import type { FieldError } from '../../kernel/errors.js';
import type { Block, PageModel } from '../../platform/web/pages/blocks.js';
import { GREEN, GREY, YELLOW, type StatusTag } from '../../platform/web/pages/status-tag.js';
import type { AgreementView } from '../agreement.view.js';
import { dataRoleInWords } from '../agreement-words.js';
import type { ListSection, Section } from './sections.js';

const DONE: StatusTag = { text: 'Completed', classes: GREEN };
const BEGUN: StatusTag = { text: 'Incomplete', classes: YELLOW };
const EMPTY: StatusTag = { text: 'Not yet started', classes: GREY };

type Terms = Readonly<Record<string, unknown>>;

export const AGREEMENTS_TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Agreements', href: '/agreements' },
] as const;

/** What a list of things in the terms is called by. */
export interface DraftNames {
  of(id: string | null): string;
}

/** The tasks of a draft, each with how far it has come. */
export function presentDraft(
  agreement: AgreementView,
  faults: readonly FieldError[],
  {
    sections,
    lists,
  }: { readonly sections: readonly Section[]; readonly lists: readonly ListSection[] },
  names: DraftNames,
): PageModel {
  const terms = agreement.terms as Terms;
  const path = `/agreements/${agreement.id}/draft`;
  const taskOf = ({ name, title, fields }: Section) => {
    const places = fields.map((field) => `/${field.name.replaceAll('.', '/')}`);
    const open = faults.filter(({ pointer }) =>
      places.some((place) => isUnder(pointer, place) || isUnder(place, pointer)),
    );
    const tag = tagFor(
      open.length,
      fields.some((field) => isGiven(terms, field.name)),
    );
    return { text: title, href: `${path}/${name}`, hint: hintFor(open), status: tag.text, tag };
  };
  return {
    title: agreement.title === '' ? 'Untitled draft' : agreement.title,
    trail: [
      ...AGREEMENTS_TRAIL,
      { text: agreement.reference, href: `/agreements/${agreement.id}` },
    ],
    tag: { text: `Draft of version ${String(agreement.version)}`, classes: GREY },
    blocks: [
      {
        kind: 'text',
        text:
          faults.length === 0
            ? 'Everything is there. Check it, and submit it for review.'
            : `${faults.length === 1 ? 'One thing is' : `${String(faults.length)} things are`} still to be done. What you write is saved task by task.`,
      },
      { kind: 'heading', text: 'Terms' },
      { kind: 'tasks', id: 'terms', items: sections.map(taskOf) },
      ...lists.flatMap((list) => listBlocks(list, terms, faults, path, names)),
      {
        kind: 'actions',
        links: [
          { text: 'Check and submit', href: `/agreements/${agreement.id}/submit` },
          { text: 'Give it up', href: `/agreements/${agreement.id}/abandon`, kind: 'secondary' },
        ],
      },
    ],
  };
}

function listBlocks(
  { name, title, one }: ListSection,
  terms: Terms,
  faults: readonly FieldError[],
  path: string,
  names: DraftNames,
): readonly Block[] {
  const entries = (terms[name] ?? []) as readonly Terms[];
  const items = entries.map((entry, at) => {
    const open = faults.filter(({ pointer }) => isUnder(pointer, `/${name}/${String(at)}`));
    const tag = open.length === 0 ? DONE : BEGUN;
    return {
      text: titleOf(entry, names) ?? `${one} ${String(at + 1)}`,
      href: `${path}/${name}/${String(at)}`,
      hint: hintFor(open),
      status: tag.text,
      tag,
    };
  });
  const whole = faults.filter(({ pointer }) => pointer === `/${name}`);
  return [
    { kind: 'heading', text: title, id: name },
    ...whole.map(
      ({ reason }) => ({ kind: 'inset', text: `${title} ${withoutName(name, reason)}` }) as const,
    ),
    { kind: 'tasks', id: name, items },
    {
      kind: 'actions',
      links: [{ text: `Add a ${one}`, href: `${path}/${name}/new`, kind: 'secondary' }],
    },
  ];
}

/** What an entry is called: the dataset or the organisation that it is about. */
export function titleOf(entry: Terms, names: DraftNames): string | undefined {
  const id = entry['datasetId'] ?? entry['organisationId'];
  if (typeof id !== 'string') {
    return undefined;
  }
  const role = entry['dataRole'];
  return typeof role === 'string'
    ? `${names.of(id)} – ${dataRoleInWords(role).toLowerCase()}`
    : names.of(id);
}

function tagFor(open: number, isBegun: boolean): StatusTag {
  if (open === 0) {
    return DONE;
  }
  return isBegun ? BEGUN : EMPTY;
}

function hintFor(open: readonly FieldError[]): string | undefined {
  return open.length === 0 ? undefined : `${String(open.length)} still to be done`;
}

function isUnder(pointer: string, place: string): boolean {
  return pointer === place || pointer.startsWith(`${place}/`);
}

function isGiven(terms: Terms, name: string): boolean {
  const [outer = '', inner] = name.split('.');
  const value = terms[outer];
  return inner === undefined
    ? value !== undefined
    : typeof value === 'object' && value !== null && inner in value;
}

function withoutName(name: string, reason: string): string {
  return reason.startsWith(`${name} `) ? reason.slice(name.length + 1) : reason;
}
