import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { DatasetsService } from '../../catalogue/datasets.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { OrganisationsService } from '../../organisations/organisations.service.js';
import { PeopleService } from '../../organisations/people/people.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { IdParam } from '../../platform/web/validation.js';
import { StoresService } from '../../stores/stores.service.js';
import { EndingBlocks } from './ending-blocks.service.js';
import { stopOf, type Place } from './stops.js';

const STORES = ['suspend', 'resume', 'retire'].map((act) => `stores/:id/${act}`);
const DATASETS = ['publish', 'seal', 'freeze', 'unfreeze', 'withdraw'].map(
  (act) => `datasets/:id/${act}`,
);
const PEOPLE = ['suspend', 'resume'].map((act) => `people/:id/${act}`);
const ORGANISATIONS = ['suspend', 'resume', 'close'].map((act) => `organisations/:id/${act}`);
const PATHS = [...STORES, ...DATASETS, ...PEOPLE, ...ORGANISATIONS];

/** Where a thing's page is. */
const HOMES: Readonly<Record<Place, (id: string) => string>> = {
  stores: (id) => `/stores/${id}`,
  datasets: (id) => `/datasets/${id}/keep`,
  people: (id) => `/people/${id}`,
  organisations: (id) => `/organisations/${id}`,
};

interface Asked {
  readonly place: Place;
  readonly act: string;
  readonly id: string;
}

/** What stops a store, a dataset, a person or an organisation, and lets it go on: each asked about, with what ends by it. */
@ApiExcludeController()
@Controller()
export class StopPages {
  constructor(
    private readonly stores: StoresService,
    private readonly datasets: DatasetsService,
    private readonly people: PeopleService,
    private readonly organisations: OrganisationsService,
    private readonly authorisation: Authorisation,
    private readonly endings: EndingBlocks,
    private readonly naming: ThingNaming,
    private readonly confirms: ConfirmPages,
  ) {}

  @Get(PATHS)
  @SignedIn()
  async ask(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() { path }: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.confirmation(principal, askedIn(path, id)));
  }

  @Post(PATHS)
  @SignedIn()
  async do(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const asked = askedIn(request.path, id);
    const confirmation = await this.confirmation(principal, asked);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.act(principal, asked, reason);
      const notice = stopOf(asked.place, asked.act)?.done ?? '';
      return { location: HOMES[asked.place](id), notice };
    });
  }

  private act(principal: Principal, { place, act, id }: Asked, reason: string): Promise<object> {
    switch (`${place} ${act}`) {
      case 'stores suspend':
        return this.stores.suspend(principal, id, reason);
      case 'stores resume':
        return this.stores.resume(principal, id, reason);
      case 'stores retire':
        return this.stores.retire(principal, id);
      case 'datasets publish':
        return this.datasets.publish(principal, id);
      case 'datasets seal':
        return this.datasets.seal(principal, id);
      case 'datasets freeze':
        return this.datasets.freeze(principal, id, reason);
      case 'datasets unfreeze':
        return this.datasets.unfreeze(principal, id, reason);
      case 'datasets withdraw':
        return this.datasets.withdraw(principal, id, reason);
      case 'people suspend':
      case 'people resume':
        return this.people.move(principal, id, act as 'suspend' | 'resume', reason);
      default:
        return this.organisations.move(
          principal,
          id,
          act as 'suspend' | 'resume' | 'close',
          reason,
        );
    }
  }

  private async confirmation(
    principal: Principal,
    { place, act, id }: Asked,
  ): Promise<Confirmation> {
    const stop = stopOf(place, act);
    if (!stop) {
      throw new ConcordatError('not_found');
    }
    await this.see(principal, place, act, id);
    const name = (await this.naming.of([id])).of(id);
    return {
      title: `${stop.ask} ${name}?`,
      path: `/${place}/${id}/${act}`,
      trail: [
        { text: 'Home', href: '/' },
        { text: name, href: HOMES[place](id) },
      ],
      button: stop.button,
      isWarning: stop.ends !== undefined,
      needsReason: stop.needsReason === true,
      blocks: [
        { kind: stop.ends === undefined ? 'text' : 'warning', text: stop.text },
        ...(stop.ends === undefined
          ? []
          : await this.endings.of(principal, { type: stop.ends, id, part: null })),
      ],
    };
  }

  /** @throws ConcordatError `not_found` for what the caller may not see, before its name is told. */
  private async see(principal: Principal, place: Place, act: string, id: string): Promise<void> {
    const services = {
      stores: this.stores,
      datasets: this.datasets,
      people: this.people,
      organisations: this.organisations,
    };
    const thing = await services[place].get(principal, id);
    if (place === 'datasets' && 'organisationId' in thing) {
      // Many may know of a dataset who have no say in it.
      const resource = { organisationIds: [thing.organisationId] };
      this.authorisation.require(principal, `dataset:${act}` as Operation, resource);
    }
  }
}

/** The act is the end of the path: each has a route of its own. */
function askedIn(path: string, id: string): Asked {
  const parts = path.split('/').filter((part) => part !== '');
  return { place: parts[0] as Place, act: parts[2] ?? '', id };
}
