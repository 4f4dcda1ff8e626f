import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import { isOperation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { WorkingCaller } from '../../identity/working-for.js';
import { SignedIn } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE, type Block } from '../../platform/web/pages/blocks.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { leaveNotice } from '../../platform/web/pages/notices.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { saveSession } from '../../platform/web/sessions.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { StoreProbing } from '../store-probing.service.js';
import { StoreRegistration } from '../store-registration.service.js';
import { StoreDto } from '../store.dto.js';
import { StoresService } from '../stores.service.js';
import { STORE_FIELDS, STORE_LABELS, STORE_SECRETS, storeFrom } from './store-form.js';
import { checkInWords } from './check-words.js';
import { probeCell, storeBlocks, STORES_TRAIL, storeTag } from './store-page.presenter.js';

const PAGE_SIZE = 25;
/** What a page's act takes; where it is not the act's own name. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'access-log': 'change_access_log',
  clients: 'add_client',
};

/** Partner stores, as their organisation sees them. */
@ApiExcludeController()
@Controller('stores')
export class StorePages {
  constructor(
    private readonly stores: StoresService,
    private readonly registration: StoreRegistration,
    private readonly probing: StoreProbing,
    private readonly authorisation: Authorisation,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly views: Views,
  ) {}

  @Get()
  @SignedIn()
  async list(
    @WorkingCaller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const organisationIds = principal.memberships.map(({ organisationId }) => organisationId);
    const scope = {
      route: 'stores page',
      personId: principal.personId,
      organisationId: organisationIds[0] ?? null,
    };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const rows = await this.stores.list(principal, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    const mayRegister = this.authorisation.allows(principal, 'store:register', { organisationIds });
    this.views.render(response, PAGE, {
      title: 'Stores',
      trail: [{ text: 'Home', href: '/' }],
      blocks: [
        {
          kind: 'text',
          text: 'Where your organisation keeps its data. It stays there: people read it through Concordat, or with keys that Concordat hands out.',
        },
        ...(mayRegister
          ? [
              {
                kind: 'actions',
                links: [{ text: 'Register a store', href: '/stores/new' }],
              } as const,
            ]
          : []),
        {
          kind: 'table',
          id: 'stores',
          title: 'Stores',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'Name' },
            { text: 'Last check' },
            { text: 'Keys to be changed by' },
            { text: 'Status' },
          ],
          rows: page.items.map((store) => [
            { text: store.name, href: `/stores/${store.id}` },
            probeCell(store),
            { instant: store.rotateBy },
            { tag: storeTag(store) },
          ]),
          empty: 'There is none. Register the store in which your data lies.',
          first: pageToken === undefined ? undefined : '/stores',
          next: page.nextPageToken === null ? undefined : `/stores?pageToken=${page.nextPageToken}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('new')
  @SignedIn()
  async begin(@WorkingCaller() principal: Principal, @Res() response: Response): Promise<void> {
    await this.forms.show(response, registering(principal));
  }

  @Post('new')
  @SignedIn()
  async register(
    @WorkingCaller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...registering(principal, typed),
      act: async () => {
        const dto = await validInput(
          StoreDto,
          storeFrom(typed, principal.memberships[0]?.organisationId),
        );
        const { id, name } = await this.registration.register(principal, dto, submissionKey(typed));
        return { location: `/stores/${id}`, notice: `${name} is registered. Check it now.` };
      },
    });
  }

  @Get(':id')
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const store = await this.stores.get(principal, id);
    const probes = await this.stores.probes(principal, id, null, PAGE_SIZE);
    const may = (act: string): boolean => {
      const operation = `store:${OPERATIONS[act] ?? act}`;
      const about = { organisationIds: [store.organisationId] };
      return isOperation(operation) && this.authorisation.allows(principal, operation, about);
    };
    this.views.render(response, PAGE, {
      title: store.name,
      trail: [...STORES_TRAIL, { text: store.name, href: `/stores/${id}` }],
      tag: storeTag(store),
      blocks: [
        ...storeBlocks(store, may),
        {
          kind: 'table',
          id: 'probes',
          title: 'Earlier checks',
          columns: [{ text: 'When' }, { text: 'Result' }, { text: 'Failed' }],
          rows: probes.map(({ ranAt, passed, checks }) => [
            { instant: ranAt },
            { text: passed ? 'Passed' : 'Failed' },
            {
              text: checks
                .filter(({ result }) => result === 'fail')
                .map(({ name }) => checkInWords(name))
                .join(', '),
            },
          ]),
          empty: 'There was none.',
        },
      ] satisfies readonly Block[],
    });
  }

  /** Asks the store itself, and waits for what it says; it may be asked again at any time. */
  @Post(':id/probe')
  @SignedIn()
  async probe(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { passed } = await this.probing.probe(principal, id, undefined);
    leaveNotice(request, passed ? 'The store passed its check' : 'The store was checked');
    await saveSession(request);
    response.redirect(303, `/stores/${id}`);
  }
}

function registering({ memberships }: Principal, typed?: FormFields): Omit<PageForm, 'act'> {
  return {
    template: FORM,
    labels: STORE_LABELS,
    secrets: STORE_SECRETS,
    path: '/stores/new',
    typed: typed ?? { addressing: 'path' },
    model: () => ({
      title: 'Register a store',
      trail: STORES_TRAIL,
      blocks: [{ kind: 'text', text: `It belongs to ${memberships[0]?.organisationName ?? ''}.` }],
      fields: STORE_FIELDS,
      action: '/stores/new',
      button: 'Register',
    }),
  };
}
