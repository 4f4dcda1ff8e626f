import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM, type Block, type Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { StoreClientDto, type StoreClientView } from '../clients/store-client.dto.js';
import { StoreClients } from '../clients/store-clients.service.js';
import type { StoreView } from '../store.view.js';
import { StoresService } from '../stores.service.js';
import { STORES_TRAIL } from './store-page.presenter.js';

/** As many as a store ever has; the API pages. */
const SHOWN = 100;
const LABELS = { name: 'Name of the program', jwk: 'Its public key, as JSON (JWK)' };
const FIELDS: readonly Field[] = [
  { type: 'text', name: 'name' },
  { type: 'area', name: 'jwk', hint: 'A P-256 key. Keep the private part to yourself', rows: 6 },
];

/** Programs of a store that may ask whether a token is good. */
@ApiExcludeController()
@Controller('stores/:id/clients')
export class StoreClientPages {
  constructor(
    private readonly stores: StoresService,
    private readonly clients: StoreClients,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
  ) {}

  @Get()
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.form(principal, id, {}));
  }

  @Post()
  @SignedIn()
  async add(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.form(principal, id, typed)),
      act: async () => {
        const input = { name: textOf(typed, 'name') ?? '', jwk: keyFrom(textOf(typed, 'jwk')) };
        const { name } = await this.clients.add(
          principal,
          id,
          await validInput(StoreClientDto, input),
        );
        return { location: `/stores/${id}/clients`, notice: `${name} may ask now` };
      },
    });
  }

  @Get(':clientId/remove')
  @SignedIn()
  async askToRemove(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('clientId', IdParam) clientId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, removal(await this.stores.get(principal, id), clientId));
  }

  @Post(':clientId/remove')
  @SignedIn()
  async remove(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('clientId', IdParam) clientId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = removal(await this.stores.get(principal, id), clientId);
    await this.confirms.answer(request, response, confirmation, async () => {
      await this.clients.remove(principal, id, clientId);
      return { location: `/stores/${id}/clients`, notice: 'The program may ask no more' };
    });
  }

  private async form(
    principal: Principal,
    id: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const store = await this.stores.get(principal, id);
    const clients = await this.clients.list(principal, id, null, SHOWN);
    const path = `/stores/${id}/clients`;
    return {
      template: FORM,
      labels: LABELS,
      path,
      typed,
      model: () => ({
        title: `Programs of ${store.name}`,
        trail: trailOf(store),
        blocks: [
          {
            kind: 'text',
            text: 'A program of the store may ask whether a token that it was shown is good.',
          },
          {
            kind: 'table',
            id: 'clients',
            title: 'Programs',
            columns: [{ text: 'Name' }, { text: 'Id' }, { text: 'Added' }, { text: 'Change' }],
            rows: clients.map((one) => rowOf(path, one)),
            empty: 'There is none.',
          },
          { kind: 'heading', text: 'Add a program' },
        ] satisfies readonly Block[],
        fields: FIELDS,
        action: path,
        button: 'Add it',
      }),
    };
  }
}

function rowOf(path: string, { id, name, createdAt, removedAt }: StoreClientView) {
  return [
    { text: name },
    { text: id },
    { instant: createdAt },
    removedAt === null
      ? { text: `Remove ${name}`, href: `${path}/${id}/remove` }
      : { text: 'Removed' },
  ];
}

/** What is no JSON is no key: the rules of the key say so. */
function keyFrom(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return text ?? '';
  }
}

function trailOf({ id, name }: StoreView) {
  return [...STORES_TRAIL, { text: name, href: `/stores/${id}` }];
}

function removal(store: StoreView, clientId: string): Confirmation {
  return {
    title: 'Remove this program?',
    path: `/stores/${store.id}/clients/${clientId}/remove`,
    trail: trailOf(store),
    button: 'Remove it',
    isWarning: true,
    blocks: [{ kind: 'warning', text: 'Its key counts no more, at once.' }],
  };
}
