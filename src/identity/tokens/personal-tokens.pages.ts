import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { SignedIn } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE, type Block, type Choice } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { choicesOf, dayOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { isDay, endOfDay } from '../../kernel/london-day.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { Caller } from '../caller.decorator.js';
import { operationInWords } from '../operation-words.js';
import type { Principal } from '../principal.js';
import { PersonalTokenDto } from './personal-token.dto.js';
import { TOKEN_SCOPES } from './personal-token.rules.js';
import type { PersonalTokenView } from './personal-token.view.js';
import { PersonalTokens } from './personal-tokens.service.js';

const PAGE_SIZE = 25;
const TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Tokens', href: '/tokens' },
] as const;
const LABELS = {
  name: 'What it is for',
  scopes: 'What it is good for',
  expiresAt: 'Last day (optional)',
};
const SCOPES: readonly Choice[] = TOKEN_SCOPES.map((value) => ({
  value,
  text: operationInWords(value),
}));

/** Personal tokens: what somebody's programs sign in with. */
@ApiExcludeController()
@Controller('tokens')
export class PersonalTokenPages {
  constructor(
    private readonly personalTokens: PersonalTokens,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
  ) {}

  @Get()
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const scope = { route: 'tokens page', personId: principal.personId };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const rows = await this.personalTokens.list(principal, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    this.views.render(response, PAGE, {
      title: 'Tokens for your programs',
      trail: [{ text: 'Home', href: '/' }],
      blocks: [
        {
          kind: 'text',
          text: 'A program with a token may do in your name what the token is good for, until its last day.',
        },
        { kind: 'actions', links: [{ text: 'Make a token', href: '/tokens/new' }] },
        {
          kind: 'table',
          id: 'tokens',
          title: 'Your tokens',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'For' },
            { text: 'Good for' },
            { text: 'Ends' },
            { text: 'Last used' },
            { text: 'Change' },
          ],
          rows: page.items.map((one) => [
            { text: one.name },
            { text: one.scopes.map(operationInWords).join(', ') },
            one.revokedAt === null ? { instant: one.expiresAt } : { text: 'Revoked', notes: [] },
            one.lastUsedOn === null ? { text: 'Never' } : { day: one.lastUsedOn },
            one.revokedAt === null
              ? { text: `Revoke ${one.name}`, href: `/tokens/${one.id}/revoke` }
              : { text: '' },
          ]),
          empty: 'You have none. The command line needs none: it asks you to sign in.',
          first: pageToken === undefined ? undefined : '/tokens',
          next: page.nextPageToken === null ? undefined : `/tokens?pageToken=${page.nextPageToken}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('new')
  @SignedIn()
  async begin(@Res() response: Response): Promise<void> {
    await this.forms.show(response, formFor({}));
  }

  /** The token is in this one answer, which nothing keeps; sent again, the same form shows none. */
  @Post('new')
  @SignedIn()
  async create(
    @Caller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...formFor(typed),
      act: async () => {
        const day = dayOf(typed, 'expiresAt');
        const dto = await validInput(PersonalTokenDto, {
          name: textOf(typed, 'name') ?? '',
          scopes: choicesOf(typed, 'scopes'),
          expiresAt: day !== undefined && isDay(day) ? endOfDay(day).toISOString() : day,
        });
        const made = await this.personalTokens.create(principal, dto, submissionKey(typed));
        return {
          template: PAGE,
          model: {
            title: `Token: ${made.name}`,
            trail: TRAIL,
            blocks: [
              made.token === null
                ? {
                    kind: 'inset',
                    text: 'This token was shown before. Make another if it is lost.',
                  }
                : {
                    kind: 'warning',
                    text: 'Copy it now: it is not shown again. Whoever has it may act in your name.',
                  },
              ...(made.token === null
                ? []
                : [{ kind: 'code', id: 'token', title: 'Your token', text: made.token } as const]),
              { kind: 'actions', links: [{ text: 'Your tokens', href: '/tokens' }] },
            ] satisfies readonly Block[],
          },
        };
      },
    });
  }

  @Get(':id/revoke')
  @SignedIn()
  async askToRevoke(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const token = await this.personalTokens.get(principal, id);
    await this.confirms.show(response, revocation(token));
  }

  @Post(':id/revoke')
  @SignedIn()
  async revoke(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const token = await this.personalTokens.get(principal, id);
    await this.confirms.answer(request, response, revocation(token), async () => {
      await this.personalTokens.revoke(principal, id);
      return { location: '/tokens', notice: 'The token is revoked' };
    });
  }
}

function formFor(typed: FormFields): Omit<PageForm, 'act'> {
  return {
    template: FORM,
    labels: LABELS,
    path: '/tokens/new',
    typed,
    model: () => ({
      title: 'Make a token',
      trail: TRAIL,
      fields: [
        { type: 'text', name: 'name', hint: 'For your eyes alone' },
        { type: 'checkbox', name: 'scopes', items: SCOPES, hint: 'As little as the program needs' },
        {
          type: 'day',
          name: 'expiresAt',
          hint: 'At most 90 days from now; 30 days when you leave it out',
        },
      ],
      action: '/tokens/new',
      button: 'Make it',
    }),
  };
}

function revocation({ id, name }: PersonalTokenView): Confirmation {
  return {
    title: `Revoke the token ${name}?`,
    path: `/tokens/${id}/revoke`,
    trail: TRAIL,
    button: 'Revoke it',
    isWarning: true,
    blocks: [{ kind: 'warning', text: 'Programs that have it are refused at once.' }],
  };
}
