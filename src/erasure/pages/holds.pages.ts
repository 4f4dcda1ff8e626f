import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { capitalised } from '../../kernel/capitalised.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { Access } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE, type Block } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { EraseDto } from '../erasure.dto.js';
import { Erasures } from '../erasures.service.js';
import { PlaceHoldDto } from '../holds/hold.dto.js';
import { HOLD_SCOPES } from '../holds/hold.types.js';
import { Holds } from '../holds/holds.service.js';
import { LEGAL_BASES, type LegalBasis } from '../legal-basis.js';

const PAGE_SIZE = 25;
const TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Review', href: '/review' },
  { text: 'Legal holds', href: '/review/holds' },
] as const;
const HOLD_LABELS = { scopeType: 'What is kept', scopeId: 'Its id', reason: 'Why' };
const ERASE_LABELS = { legalBasis: 'Ground (UK GDPR, Article 17)', reason: 'Why' };
const BASES: Readonly<Record<LegalBasis, string>> = {
  '17-1-a': 'No longer necessary (1a)',
  '17-1-b': 'Consent withdrawn (1b)',
  '17-1-c': 'Objection (1c)',
  '17-1-d': 'Unlawful processing (1d)',
  '17-1-e': 'Legal obligation (1e)',
  '17-1-f': 'Services offered to a child (1f)',
};

/** What must be kept for the law, and who is erased by it. */
@ApiExcludeController()
@Controller('review')
export class HoldPages {
  constructor(
    private readonly holds: Holds,
    private readonly erasures: Erasures,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
  ) {}

  @Get('holds')
  @Access('hold:read')
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const scope = { route: 'holds page', personId: principal.personId };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const rows = await this.holds.list(principal, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    const names = await this.naming.of(page.items.map(({ scopeId }) => scopeId));
    this.views.render(response, PAGE, {
      title: 'Legal holds',
      trail: TRAIL.slice(0, 2),
      blocks: [
        {
          kind: 'text',
          text: 'What is under a hold is neither erased nor forgotten until it is released.',
        },
        { kind: 'actions', links: [{ text: 'Place a hold', href: '/review/holds/new' }] },
        {
          kind: 'table',
          id: 'holds',
          title: 'Holds',
          order: 'newest first',
          isTitleHidden: true,
          columns: [{ text: 'On' }, { text: 'Why' }, { text: 'Placed' }, { text: 'Released' }],
          rows: page.items.map((hold) => [
            { text: `${hold.scopeType}: ${names.of(hold.scopeId)}` },
            { text: hold.reason },
            { instant: hold.placedAt },
            hold.releasedAt === null
              ? { text: 'Release it', href: `/review/holds/${hold.id}/release` }
              : { instant: hold.releasedAt },
          ]),
          empty: 'There is none.',
          first: pageToken === undefined ? undefined : '/review/holds',
          next:
            page.nextPageToken === null
              ? undefined
              : `/review/holds?pageToken=${page.nextPageToken}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('holds/new')
  @Access('hold:place')
  async begin(@Res() response: Response): Promise<void> {
    await this.forms.show(response, placing({}));
  }

  @Post('holds/new')
  @Access('hold:place')
  async place(
    @Caller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...placing(typed),
      act: async () => {
        const dto = await validInput(PlaceHoldDto, {
          scopeType: textOf(typed, 'scopeType'),
          scopeId: textOf(typed, 'scopeId') ?? '',
          reason: textOf(typed, 'reason') ?? '',
        });
        await this.holds.place(principal, dto);
        return { location: '/review/holds', notice: 'The hold is placed' };
      },
    });
  }

  @Get('holds/:id/release')
  @Access('hold:release')
  async askToRelease(@Param('id', IdParam) id: string, @Res() response: Response): Promise<void> {
    await this.confirms.show(response, releasing(id));
  }

  @Post('holds/:id/release')
  @Access('hold:release')
  async release(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.answer(request, response, releasing(id), async (reason) => {
      await this.holds.release(principal, id, reason);
      return { location: '/review/holds', notice: 'The hold is released' };
    });
  }

  @Get('people/:id/erase')
  @Access('person:erase')
  async askToErase(@Param('id', IdParam) id: string, @Res() response: Response): Promise<void> {
    await this.forms.show(response, erasing(id, {}));
  }

  @Post('people/:id/erase')
  @Access('person:erase')
  async erase(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...erasing(id, typed),
      act: async () => {
        const dto = await validInput(EraseDto, {
          legalBasis: textOf(typed, 'legalBasis'),
          reason: textOf(typed, 'reason') ?? '',
        });
        await this.erasures.propose(principal, id, dto);
        return {
          location: `/review/people/${id}`,
          notice: 'A second person has to approve it now',
        };
      },
    });
  }
}

function placing(typed: FormFields): Omit<PageForm, 'act'> {
  return {
    template: FORM,
    labels: HOLD_LABELS,
    path: '/review/holds/new',
    typed,
    model: () => ({
      title: 'Place a legal hold',
      trail: TRAIL,
      fields: [
        {
          type: 'radio',
          name: 'scopeType',
          items: HOLD_SCOPES.map((value) => ({
            value,
            text: capitalised(value),
          })),
        },
        { type: 'text', name: 'scopeId' },
        { type: 'area', name: 'reason' },
      ],
      action: '/review/holds/new',
      button: 'Place it',
    }),
  };
}

function releasing(id: string): Confirmation {
  return {
    title: 'Release this hold?',
    path: `/review/holds/${id}/release`,
    trail: TRAIL,
    button: 'Release it',
    isWarning: true,
    needsReason: true,
    blocks: [{ kind: 'warning', text: 'What it kept may be erased again.' }],
  };
}

function erasing(id: string, typed: FormFields): Omit<PageForm, 'act'> {
  const path = `/review/people/${id}/erase`;
  return {
    template: FORM,
    labels: ERASE_LABELS,
    path,
    typed,
    model: () => ({
      title: 'Erase this person?',
      trail: [...TRAIL.slice(0, 2), { text: 'The person', href: `/review/people/${id}` }],
      blocks: [
        {
          kind: 'warning',
          text: 'Two people decide it, and it cannot be undone. What they did stays provable; who they were is gone.',
        },
      ],
      fields: [
        {
          type: 'radio',
          name: 'legalBasis',
          items: LEGAL_BASES.map((value) => ({ value, text: BASES[value] })),
        },
        { type: 'area', name: 'reason' },
      ],
      action: path,
      button: 'Propose it',
      isWarning: true,
    }),
  };
}
