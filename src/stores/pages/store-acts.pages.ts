import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM, type Field } from '../../platform/web/pages/blocks.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type Done, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { StoreAccessLogs } from '../access-logs/store-access-logs.service.js';
import { StoreRotation } from '../store-rotation.service.js';
import { AccessLogDto, RotateDto } from '../store.dto.js';
import type { StoreView } from '../store.view.js';
import { StoresService } from '../stores.service.js';
import { CREDENTIAL_FIELDS, credentialsFrom, STORE_LABELS, STORE_SECRETS } from './store-form.js';
import { STORES_TRAIL } from './store-page.presenter.js';

const LOG_LABELS = { bucket: 'Bucket of its access log', prefix: 'Prefix of its access log' };
const LOG_FIELDS: readonly Field[] = [
  { type: 'text', name: 'bucket' },
  { type: 'text', name: 'prefix', hint: 'Leave it out for a log at the top of its bucket' },
];

/** Changing a store's keys, and where its log is read. */
@ApiExcludeController()
@Controller('stores/:id')
export class StoreActPages {
  constructor(
    private readonly stores: StoresService,
    private readonly rotation: StoreRotation,
    private readonly logs: StoreAccessLogs,
    private readonly forms: PageForms,
  ) {}

  @Get('rotate')
  @SignedIn()
  async askForKeys(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, rotating(await this.stores.get(principal, id), {}));
  }

  @Post('rotate')
  @SignedIn()
  async rotate(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const store = await this.stores.get(principal, id);
    await this.forms.answer(request, response, {
      ...rotating(store, typed),
      act: async (): Promise<Done> => {
        const dto = await validInput(RotateDto, { credentials: credentialsFrom(typed) });
        await this.rotation.rotate(principal, id, dto.credentials);
        return { location: `/stores/${id}`, notice: 'The new keys were tried, and are in use' };
      },
    });
  }

  @Get('access-log')
  @SignedIn()
  async askForLog(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, logging(await this.stores.get(principal, id)));
  }

  /** Without a bucket it is not read any more. */
  @Post('access-log')
  @SignedIn()
  async changeLog(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const store = await this.stores.get(principal, id);
    await this.forms.answer(request, response, {
      ...logging(store, typed),
      act: async (): Promise<Done> => {
        const log = logFrom(typed);
        const dto = log && (await validInput(AccessLogDto, log));
        await (dto ? this.logs.set(principal, id, dto) : this.logs.remove(principal, id));
        const notice = dto
          ? 'Its access log is read from now on'
          : 'Its access log is not read any more';
        return { location: `/stores/${id}`, notice };
      },
    });
  }
}

function rotating(store: StoreView, typed: FormFields): Omit<PageForm, 'act'> {
  const path = `/stores/${store.id}/rotate`;
  return {
    template: FORM,
    labels: STORE_LABELS,
    secrets: STORE_SECRETS,
    path,
    typed,
    model: () => ({
      title: `Change the keys of ${store.name}`,
      trail: trailOf(store),
      blocks: [
        {
          kind: 'text',
          text: 'The new keys are tried before they count. Keep the old ones working for an hour: what was signed with them may still be in use.',
        },
      ],
      fields: CREDENTIAL_FIELDS,
      action: path,
      button: 'Try and use them',
    }),
  };
}

function logging(store: StoreView, typed?: FormFields): Omit<PageForm, 'act'> {
  const path = `/stores/${store.id}/access-log`;
  const { accessLog } = store;
  return {
    template: FORM,
    labels: LOG_LABELS,
    path,
    typed: typed ?? { bucket: accessLog?.bucket, prefix: accessLog?.prefix },
    model: () => ({
      title: `Access log of ${store.name}`,
      trail: trailOf(store),
      blocks: [{ kind: 'text', text: 'Leave both empty to stop reading it. That is on record.' }],
      fields: LOG_FIELDS,
      action: path,
      button: 'Save',
    }),
  };
}

/** @returns undefined where nothing was filled in. */
function logFrom(typed: FormFields): object | undefined {
  const [bucket, prefix] = [textOf(typed, 'bucket'), textOf(typed, 'prefix')];
  return bucket === undefined && prefix === undefined
    ? undefined
    : { bucket: bucket ?? '', prefix: prefix ?? '' };
}

function trailOf({ id, name }: StoreView) {
  return [...STORES_TRAIL, { text: name, href: `/stores/${id}` }];
}
