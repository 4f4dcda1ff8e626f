import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { WorkingCaller } from '../../identity/working-for.js';
import { ConcordatError } from '../../kernel/errors.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM, PAGE, type Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import type { FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { etagOf, type AgreementView } from '../agreement.view.js';
import { AgreementsService } from '../agreements.service.js';
import { Templates } from '../beginnings/templates.js';
import { DraftForms } from './draft-forms.service.js';
import { AGREEMENTS_TRAIL, presentDraft, titleOf } from './draft-page.presenter.js';
import type { ListSection } from './sections.js';
import { formField, labelsOf, termsFrom, typedFrom, type TermField } from './term-fields.js';

const NEW = 'new';
const BEGINNING_LABELS = { title: 'Title', fromTemplate: 'What it starts from' };

type Terms = Readonly<Record<string, unknown>>;

/** Writing an agreement: its tasks, and the forms of each. */
@ApiExcludeController()
@Controller('agreements')
export class DraftPages {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly templates: Templates,
    private readonly draftForms: DraftForms,
    private readonly naming: ThingNaming,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
  ) {}

  @Get('new')
  @SignedIn()
  async begin(@Res() response: Response): Promise<void> {
    await this.forms.show(response, this.beginning({}));
  }

  @Post('new')
  @SignedIn()
  async create(
    @WorkingCaller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...this.beginning(typed),
      act: async () => {
        const fromTemplate = textOf(typed, 'fromTemplate');
        const body = {
          organisationId: principal.memberships[0]?.organisationId,
          title: textOf(typed, 'title') ?? '',
          ...(fromTemplate !== undefined && { fromTemplate }),
        };
        const { id, reference } = await this.agreements.create(
          principal,
          body,
          submissionKey(typed),
        );
        return { location: `/agreements/${id}/draft`, notice: `${reference} is begun` };
      },
    });
  }

  @Get(':id/draft')
  @SignedIn()
  async tasks(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.getOpen(principal, id);
    const faults = await this.agreements.faults(principal, id);
    const names = await this.naming.of(idsIn(agreement.terms as Terms));
    const forms = await this.draftForms.of(principal);
    this.views.render(response, PAGE, presentDraft(agreement, faults, forms, names));
  }

  @Get(':id/draft/:section')
  @SignedIn()
  async ask(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('section') section: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.sectionForm(principal, id, section));
  }

  @Post(':id/draft/:section')
  @SignedIn()
  async save(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('section') section: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { fields, ...form } = await this.sectionForm(principal, id, section, typed);
    await this.forms.answer(request, response, {
      ...form,
      act: async () => {
        await this.agreements.edit(principal, id, emptied(termsFrom(fields, typed)), etagIn(typed));
        return { location: `/agreements/${id}/draft`, notice: 'Saved' };
      },
    });
  }

  @Get(':id/draft/:list/:at')
  @SignedIn()
  async askOne(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('list') list: string,
    @Param('at') at: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.entryForm(principal, id, { list, at }));
  }

  @Post(':id/draft/:list/:at')
  @SignedIn()
  async saveOne(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('list') list: string,
    @Param('at') at: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const form = await this.entryForm(principal, id, { list, at }, typed);
    await this.forms.answer(request, response, {
      ...form,
      act: async () => {
        const { entries, index, section } = form;
        const entry = withoutNulls(termsFrom(section.fields, typed));
        // What the form does not ask of an entry stays in it: a view, an assessment, an attachment.
        const after = entries.with(index, { ...kept(entries[index], section), ...entry });
        await this.agreements.edit(principal, id, { [section.name]: after }, etagIn(typed));
        return { location: `/agreements/${id}/draft#${section.name}`, notice: 'Saved' };
      },
    });
  }

  @Get(':id/draft/:list/:at/remove')
  @SignedIn()
  async askToRemove(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('list') list: string,
    @Param('at') at: string,
    @Res() response: Response,
  ): Promise<void> {
    const { confirmation } = await this.removal(principal, id, { list, at });
    await this.confirms.show(response, confirmation);
  }

  @Post(':id/draft/:list/:at/remove')
  @SignedIn()
  async remove(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('list') list: string,
    @Param('at') at: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { confirmation, agreement, entries, index, name } = await this.removal(principal, id, {
      list,
      at,
    });
    await this.confirms.answer(request, response, confirmation, async () => {
      const after = entries.filter((_, at) => at !== index);
      await this.agreements.edit(principal, id, { [name]: after }, etagOf(agreement));
      return { location: `/agreements/${id}/draft#${name}`, notice: 'Taken out' };
    });
  }

  /** Check the answers, and submit. */
  @Get(':id/submit')
  @SignedIn()
  async check(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.submission(principal, id));
  }

  @Post(':id/submit')
  @SignedIn()
  async submit(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.submission(principal, id);
    const agreement = await this.agreements.getOpen(principal, id);
    await this.confirms.answer(request, response, confirmation, async () => {
      await this.agreements.submit(principal, id, etagOf(agreement));
      return {
        location: `/agreements/${id}`,
        notice: 'It is submitted: the data protection officers review it',
      };
    });
  }

  private beginning(typed: FormFields): Omit<PageForm, 'act'> {
    const templates = this.templates.offered().map(({ template, title }) => ({
      value: template,
      text: title,
    }));
    const fields: readonly Field[] = [
      { type: 'text', name: 'title' },
      {
        type: 'radio',
        name: 'fromTemplate',
        items: [{ value: '', text: 'Nothing: an empty draft' }, ...templates],
      },
    ];
    return {
      template: FORM,
      labels: BEGINNING_LABELS,
      path: '/agreements/new',
      typed: { fromTemplate: '', ...typed },
      model: () => ({
        title: 'Draft an agreement',
        trail: AGREEMENTS_TRAIL,
        fields,
        action: '/agreements/new',
        button: 'Begin',
      }),
    };
  }

  private async sectionForm(
    principal: Principal,
    id: string,
    name: string,
    typed?: FormFields,
  ): Promise<Omit<PageForm, 'act'> & { readonly fields: readonly TermField[] }> {
    const agreement = await this.agreements.getOpen(principal, id);
    const { sections } = await this.draftForms.of(principal);
    const section = sections.find((one) => one.name === name);
    if (!section) {
      throw new ConcordatError('not_found');
    }
    const path = `/agreements/${id}/draft/${name}`;
    return {
      fields: section.fields,
      ...formOf(agreement, {
        title: section.title,
        path,
        fields: section.fields,
        typed: typed ?? typedFrom(section.fields, agreement.terms as object),
        etag: typed === undefined ? etagOf(agreement) : etagIn(typed),
      }),
    };
  }

  private async entryForm(
    principal: Principal,
    id: string,
    asked: { readonly list: string; readonly at: string },
    typed?: FormFields,
  ) {
    const { agreement, section, entries, index } = await this.entry(principal, id, asked);
    const path = `/agreements/${id}/draft/${asked.list}/${asked.at}`;
    const names = await this.naming.of(idsIn(agreement.terms as Terms));
    const entry = entries[index] ?? {};
    const title =
      asked.at === NEW ? `Add a ${section.one}` : (titleOf(entry, names) ?? section.title);
    const form = formOf(agreement, {
      title,
      path,
      fields: section.fields,
      typed: typed ?? typedFrom(section.fields, entry),
      etag: typed === undefined ? etagOf(agreement) : etagIn(typed),
      ...(asked.at !== NEW && { removeHref: `${path}/remove` }),
      pointer: `${section.name}.${String(index)}`,
    });
    const whole = asked.at === NEW ? [...entries, {}] : entries;
    return { ...form, entries: whole, index, section };
  }

  private async removal(
    principal: Principal,
    id: string,
    asked: { readonly list: string; readonly at: string },
  ) {
    const { agreement, section, entries, index } = await this.entry(principal, id, asked);
    const names = await this.naming.of(idsIn(agreement.terms as Terms));
    const confirmation: Confirmation = {
      title: `Take it out: ${titleOf(entries[index] ?? {}, names) ?? section.one}?`,
      path: `/agreements/${id}/draft/${asked.list}/${asked.at}/remove`,
      trail: trailOf(agreement),
      button: 'Take it out',
      isWarning: true,
      blocks: [{ kind: 'text', text: 'It is taken out of the draft alone.' }],
    };
    return { confirmation, agreement, entries, index, name: section.name };
  }

  private async entry(
    principal: Principal,
    id: string,
    { list, at }: { readonly list: string; readonly at: string },
  ): Promise<{
    readonly agreement: AgreementView;
    readonly section: ListSection;
    readonly entries: readonly Terms[];
    readonly index: number;
  }> {
    const agreement = await this.agreements.getOpen(principal, id);
    const { lists } = await this.draftForms.of(principal);
    const section = lists.find((one) => one.name === list);
    const entries = ((agreement.terms as Terms)[list] ?? []) as readonly Terms[];
    const index = at === NEW ? entries.length : Number(/^\d{1,3}$/.exec(at)?.[0] ?? NaN);
    if (!section || !(index < entries.length || at === NEW)) {
      throw new ConcordatError('not_found');
    }
    return { agreement, section, entries, index };
  }

  private async submission(principal: Principal, id: string): Promise<Confirmation> {
    const agreement = await this.agreements.getOpen(principal, id);
    const faults = await this.agreements.faults(principal, id);
    return {
      title: `Submit ${agreement.reference}?`,
      path: `/agreements/${id}/submit`,
      trail: trailOf(agreement),
      button: 'Submit for review',
      blocks: [
        {
          kind: 'text',
          text: 'Nobody can change it while it is reviewed and signed. Reviewers may send it back.',
        },
        {
          kind: 'list',
          items: [
            {
              text: 'Read all of its terms',
              href: `/agreements/${id}/terms?version=${String(agreement.version)}`,
            },
          ],
        },
        {
          kind: 'table',
          id: 'faults',
          title: 'What is still to be done',
          columns: [{ text: 'Where' }, { text: 'What' }],
          rows: faults.map(({ pointer, reason }) => [
            { text: pointer.slice(1).replaceAll('/', ', ') },
            { text: reason },
          ]),
          empty: 'Everything is there.',
        },
      ],
    };
  }
}

interface FormOf {
  readonly title: string;
  readonly path: string;
  readonly fields: readonly TermField[];
  readonly typed: FormFields;
  readonly etag: string;
  readonly removeHref?: string;
  /** Where the fields stand in the terms, when not at their top. */
  readonly pointer?: string;
}

function formOf(agreement: AgreementView, form: FormOf): Omit<PageForm, 'act'> {
  const labels = labelsOf(form.fields);
  return {
    template: FORM,
    labels,
    path: form.path,
    ...(form.pointer !== undefined && { place: form.pointer }),
    typed: form.typed,
    model: () => ({
      title: form.title,
      trail: trailOf(agreement),
      blocks:
        form.removeHref === undefined
          ? []
          : [{ kind: 'list', items: [{ text: 'Take it out', href: form.removeHref }] }],
      fields: [
        // Whoever saves what another has changed meanwhile is told so.
        { type: 'hidden', name: 'etag', value: form.etag },
        ...form.fields.map(formField),
      ],
      action: form.path,
      button: 'Save',
    }),
  };
}

function trailOf({ id, reference }: AgreementView) {
  return [
    ...AGREEMENTS_TRAIL,
    { text: reference, href: `/agreements/${id}` },
    { text: 'Draft', href: `/agreements/${id}/draft` },
  ];
}

function etagIn(typed: FormFields): string {
  return textOf(typed, 'etag') ?? '';
}

/** A record without any member is left out as a whole. */
function emptied(terms: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(terms).map(([name, value]) => [name, isEmptyRecord(value) ? null : value]),
  );
}

function isEmptyRecord(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => one === null)
  );
}

function withoutNulls(terms: Record<string, unknown>): Terms {
  return Object.fromEntries(
    Object.entries(terms).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** What of an entry the form does not ask. */
function kept(entry: Terms | undefined, { fields }: ListSection): Terms {
  const asked = new Set(fields.map(({ name }) => name));
  return Object.fromEntries(Object.entries(entry ?? {}).filter(([name]) => !asked.has(name)));
}

function idsIn(terms: Terms): readonly string[] {
  const entries = ['parties', 'items', 'legal'].flatMap(
    (name) => (terms[name] ?? []) as readonly Terms[],
  );
  return entries.flatMap((entry) =>
    [entry['organisationId'], entry['datasetId']].filter((id) => typeof id === 'string'),
  );
}
