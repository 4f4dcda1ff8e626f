import { load } from 'cheerio';
import type { FormFields } from '../../src/platform/web/pages/form-input.js';

/** A form of a page that is sent, as its reader would find it. */
export interface FoundForm {
  readonly action: string;
  readonly fields: readonly FoundField[];
}

interface FoundField {
  readonly name: string;
  /** `one` of several may be none; of a list something is always chosen. */
  readonly kind: 'hidden' | 'text' | 'secret' | 'one' | 'list' | 'many';
  /** What it holds; of a choice, what there is to choose from. */
  readonly values: readonly string[];
}

/** What a page says is wrong, and the field that it leads to. */
export interface FoundError {
  readonly text: string;
  readonly href: string | undefined;
}

/** A page as a program reads it. */
export class FoundPage {
  private readonly $: ReturnType<typeof load>;

  constructor(
    html: string,
    /** Its path. */
    private readonly path: string,
  ) {
    this.$ = load(html);
  }

  /** Where it leads to within the console. */
  get links(): readonly string[] {
    const base = new URL(this.path, 'https://console.example');
    return this.all('a[href]')
      .map((link) => new URL(link.attr('href') ?? '', base))
      .filter(({ origin }) => origin === base.origin)
      .map(({ pathname, search }) => pathname + search);
  }

  get forms(): readonly FoundForm[] {
    return this.all('main form[method=post]').map((form) => ({
      action: form.attr('action') ?? this.path,
      fields: this.fieldsOf(form),
    }));
  }

  get errors(): readonly FoundError[] {
    return this.all('.govuk-error-summary__list li').map((item) => ({
      text: item.text().trim(),
      href: item.find('a').attr('href'),
    }));
  }

  get title(): string {
    return this.$('title').text();
  }

  has(id: string): boolean {
    return this.all('[id]').some((one) => one.attr('id') === id);
  }

  /** What was sent must be in the form again, but for secrets. @returns the names of what was lost. */
  lost({ action, fields }: FoundForm, sent: FormFields): readonly string[] {
    const form = this.all('main form[method=post]').find((one) => one.attr('action') === action);
    const parts = form ? this.partsOf(form) : [];
    return fields
      .filter(({ kind }) => kind !== 'hidden' && kind !== 'secret')
      .filter(({ name }) => {
        const wanted = [sent[name] ?? []].flat().filter((value) => value !== '');
        const held = parts.filter((one) => one.attr('name') === name).flatMap((one) => heldBy(one));
        return wanted.some((value) => !held.includes(value));
      })
      .map(({ name }) => name);
  }

  private all(selector: string) {
    const { $ } = this;
    return $(selector)
      .toArray()
      .map((one) => $(one));
  }

  private partsOf(form: Nodes): readonly Nodes[] {
    const { $ } = this;
    return form
      .find('input, textarea, select')
      .toArray()
      .map((one) => $(one));
  }

  private fieldsOf(form: Nodes): readonly FoundField[] {
    const fields = new Map<string, FoundField>();
    for (const one of this.partsOf(form)) {
      const name = one.attr('name') ?? '';
      const values = [...(fields.get(name)?.values ?? []), ...choicesOf(one)];
      fields.set(name, { name, kind: kindOf(one), values });
    }
    return [...fields.values()];
  }
}

type Nodes = ReturnType<FoundPage['all']>[number];

const KINDS: Readonly<Record<string, FoundField['kind'] | undefined>> = {
  hidden: 'hidden',
  radio: 'one',
  checkbox: 'many',
  password: 'secret',
};

function kindOf(one: Nodes): FoundField['kind'] {
  return one.is('select') ? 'list' : (KINDS[one.attr('type') ?? ''] ?? 'text');
}

function choicesOf(one: Nodes): readonly string[] {
  if (!one.is('select')) {
    return [textOf(one)];
  }
  return one
    .find('option')
    .map((_, { attribs }) => attribs['value'] ?? '')
    .toArray();
}

function heldBy(one: Nodes): readonly string[] {
  const type = one.attr('type');
  if (type === 'radio' || type === 'checkbox') {
    return one.is('[checked]') ? [one.attr('value') ?? ''] : [];
  }
  return [one.is('select') ? (one.find('option[selected]').attr('value') ?? '') : textOf(one)];
}

function textOf(one: Nodes): string {
  return one.is('textarea') ? one.text() : (one.attr('value') ?? '');
}
