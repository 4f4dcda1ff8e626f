import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { capitalised } from '../../kernel/capitalised.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access, SignedIn } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import {
  FORM,
  PAGE,
  type Block,
  type Choice,
  type Field,
} from '../../platform/web/pages/blocks.js';
import { dayOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { OrganisationCheckDto, OrganisationDto } from '../organisation.dto.js';
import { CHECK_KINDS, IDENTIFIER_SCHEMES, ORGANISATION_KINDS } from '../organisation.rules.js';
import { OrganisationsService } from '../organisations.service.js';
import { OrganisationProfiles } from '../profile/organisation-profiles.service.js';
import { ProfileDto } from '../profile/profile.dto.js';

const PAGE_SIZE = 50;
const LABELS = {
  name: 'Name',
  kind: 'Kind',
  publicAuthority: 'Is it a public authority?',
  'identifier.scheme': 'Register that it is in (optional)',
  'identifier.value': 'Its number there (only with a register)',
  summary: 'What it is, for everybody who signs in (optional)',
  website: 'Website (optional)',
  contact: 'A mailbox, and not a person (optional)',
  number: 'Number',
  issuedOn: 'Issued on',
  expiresOn: 'Expires on',
};

const words = (codes: readonly string[]): readonly Choice[] =>
  codes.map((value) => ({
    value,
    text: capitalised(value.replaceAll('_', ' ')),
  }));

/** Organisations: finding, registering and describing them. */
@ApiExcludeController()
@Controller('organisations')
export class OrganisationListPages {
  constructor(
    private readonly organisations: OrganisationsService,
    private readonly profiles: OrganisationProfiles,
    private readonly authorisation: Authorisation,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly views: Views,
  ) {}

  @Get()
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const scope = { route: 'organisations page', personId: principal.personId };
    const after = this.tokens.read(pageToken, scope) as [string, string] | null;
    const rows = await this.organisations.list(principal, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ name, id }) => [name, id]);
    const mayRegister = this.authorisation.allows(principal, 'organisation:register', {
      organisationIds: [],
    });
    this.views.render(response, PAGE, {
      title: 'Organisations',
      trail: [{ text: 'Home', href: '/' }],
      blocks: [
        ...(mayRegister
          ? [
              {
                kind: 'actions',
                links: [{ text: 'Register an organisation', href: '/organisations/new' }],
              } as const,
            ]
          : []),
        {
          kind: 'table',
          id: 'organisations',
          title: 'Organisations',
          order: 'by name',
          isTitleHidden: true,
          columns: [
            { text: 'Name' },
            { text: 'Kind' },
            { text: 'Public authority' },
            { text: 'Status' },
          ],
          rows: page.items.map((one) => [
            { text: one.name, href: `/organisations/${one.id}` },
            { text: capitalised(one.kind) },
            { text: one.publicAuthority ? 'Yes' : 'No' },
            { text: capitalised(one.status) },
          ]),
          empty: 'There is none that you may see.',
          first: pageToken === undefined ? undefined : '/organisations',
          next:
            page.nextPageToken === null
              ? undefined
              : `/organisations?pageToken=${page.nextPageToken}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('new')
  @Access('organisation:register')
  async begin(@Res() response: Response): Promise<void> {
    await this.forms.show(response, registering({}));
  }

  @Post('new')
  @Access('organisation:register')
  async register(
    @Caller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...registering(typed),
      act: async () => {
        const scheme = textOf(typed, 'identifier.scheme');
        const authority = textOf(typed, 'publicAuthority');
        const dto = await validInput(OrganisationDto, {
          name: textOf(typed, 'name') ?? '',
          kind: textOf(typed, 'kind'),
          publicAuthority: authority === undefined ? undefined : authority === 'yes',
          ...(scheme !== undefined && {
            identifier: { scheme, value: textOf(typed, 'identifier.value') ?? '' },
          }),
        });
        const made = await this.organisations.register(principal, dto, submissionKey(typed));
        return {
          location: `/organisations/${made.id}/members`,
          notice: `${made.name} is registered`,
        };
      },
    });
  }

  @Get(':id/profile')
  @SignedIn()
  async askForProfile(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.describing(principal, id));
  }

  @Post(':id/profile')
  @SignedIn()
  async describe(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.describing(principal, id, typed)),
      act: async () => {
        const dto = await validInput(ProfileDto, {
          summary: textOf(typed, 'summary') ?? null,
          website: textOf(typed, 'website') ?? null,
          contact: textOf(typed, 'contact') ?? null,
        });
        await this.profiles.describe(principal, id, dto);
        return { location: `/organisations/${id}`, notice: 'The page is changed' };
      },
    });
  }

  @Get(':id/checks/new')
  @SignedIn()
  async askForCheck(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.checking(principal, id, {}));
  }

  @Post(':id/checks/new')
  @SignedIn()
  async recordCheck(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.checking(principal, id, typed)),
      act: async () => {
        const dto = await validInput(OrganisationCheckDto, {
          kind: textOf(typed, 'kind'),
          number: textOf(typed, 'number') ?? '',
          issuedOn: dayOf(typed, 'issuedOn') ?? '',
          expiresOn: dayOf(typed, 'expiresOn') ?? '',
        });
        await this.organisations.recordCheck(principal, id, dto, submissionKey(typed));
        return { location: `/organisations/${id}`, notice: 'The check is on record' };
      },
    });
  }

  private async describing(
    principal: Principal,
    id: string,
    typed?: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const page = await this.profiles.get(principal, id);
    const { summary, website, contact } = page;
    return formOn(id, page.name, {
      end: 'profile',
      title: `Describe ${page.name}`,
      button: 'Save',
      typed: typed ?? { summary: summary ?? '', website: website ?? '', contact: contact ?? '' },
      fields: [
        { type: 'area', name: 'summary' },
        { type: 'text', name: 'website' },
        { type: 'text', name: 'contact' },
      ],
    });
  }

  private async checking(
    principal: Principal,
    id: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const { name } = await this.profiles.get(principal, id);
    return formOn(id, name, {
      end: 'checks/new',
      title: `Record a check of ${name}`,
      button: 'Record it',
      typed,
      fields: [
        { type: 'radio', name: 'kind', items: words(CHECK_KINDS) },
        { type: 'text', name: 'number' },
        { type: 'day', name: 'issuedOn' },
        { type: 'day', name: 'expiresOn' },
      ],
    });
  }
}

function formOn(
  id: string,
  name: string,
  form: {
    readonly end: string;
    readonly title: string;
    readonly button: string;
    readonly typed: FormFields;
    readonly fields: readonly Field[];
  },
): Omit<PageForm, 'act'> {
  const path = `/organisations/${id}/${form.end}`;
  return {
    template: FORM,
    labels: LABELS,
    path,
    typed: form.typed,
    model: () => ({
      title: form.title,
      trail: [
        { text: 'Home', href: '/' },
        { text: name, href: `/organisations/${id}` },
      ],
      fields: form.fields,
      action: path,
      button: form.button,
    }),
  };
}

function registering(typed: FormFields): Omit<PageForm, 'act'> {
  return {
    template: FORM,
    labels: LABELS,
    path: '/organisations/new',
    typed,
    model: () => ({
      title: 'Register an organisation',
      trail: [
        { text: 'Home', href: '/' },
        { text: 'Organisations', href: '/organisations' },
      ],
      fields: [
        { type: 'text', name: 'name' },
        { type: 'radio', name: 'kind', items: words(ORGANISATION_KINDS) },
        {
          type: 'radio',
          name: 'publicAuthority',
          items: [
            { value: 'yes', text: 'Yes' },
            { value: 'no', text: 'No' },
          ],
        },
        {
          type: 'select',
          name: 'identifier.scheme',
          items: [{ value: '', text: 'None' }, ...words(IDENTIFIER_SCHEMES)],
        },
        { type: 'text', name: 'identifier.value' },
      ],
      action: '/organisations/new',
      button: 'Register',
    }),
  };
}
