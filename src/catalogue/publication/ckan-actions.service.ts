import { Inject, Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { Config } from '../../config/config.js';
import { isUuid } from '../../kernel/ids.js';
import { findRawFault } from '../../platform/web/raw-input.js';
import { CKAN_FACETS, CkanQueryError, isNewestFirst, toPublicQuery } from './ckan-query.rules.js';
import {
  OrganizationListDto,
  PackageListDto,
  PackageSearchDto,
  PackageShowDto,
} from './ckan.dto.js';
import { toFacet, toOrganization, toPackage } from './ckan.view.js';
import { PublicCatalogue } from './public-catalogue.service.js';
import type { PublicQuery } from './public-dataset.types.js';

export interface CkanOutcome {
  readonly status: 200 | 400 | 404 | 409;
  readonly body:
    | { readonly success: true; readonly result: unknown }
    | { readonly success: false; readonly error: Readonly<Record<string, unknown>> };
}

class NotFound extends Error {}

type Parameters = Readonly<Record<string, unknown>>;

/** What each action answers; errors are told in CKAN's own shape and status. */
@Injectable()
export class CkanActions {
  private readonly actions: Readonly<Record<string, (parameters: Parameters) => Promise<unknown>>> =
    {
      status_show: () => Promise.resolve(this.status()),
      package_list: (parameters) => this.packageList(parameters),
      package_search: (parameters) => this.packageSearch(parameters),
      package_show: (parameters) => this.packageShow(parameters),
      organization_list: (parameters) => this.organizationList(parameters),
    };

  constructor(
    private readonly catalogue: PublicCatalogue,
    @Inject(Config) private readonly config: Config,
  ) {}

  async run(action: string, parameters: Parameters): Promise<CkanOutcome> {
    const work = Object.hasOwn(this.actions, action) ? this.actions[action] : undefined;
    if (!work) {
      return refusal(400, 'Bad request', 'Action name not known');
    }
    try {
      return { status: 200, body: { success: true, result: await work(parameters) } };
    } catch (error) {
      if (error instanceof CkanQueryError) {
        return refusal(409, 'Validation Error', error.message);
      }
      if (error instanceof NotFound) {
        return refusal(404, 'Not Found Error', 'Not found');
      }
      throw error;
    }
  }

  private status(): object {
    return {
      ckan_version: '2.10',
      site_url: this.config.publicUrl,
      site_title: 'Concordat catalogue',
      site_description: 'Data of the city that stays with its owners',
      locale_default: 'en',
      extensions: [],
    };
  }

  private async packageList(parameters: Parameters): Promise<unknown> {
    const { offset, limit } = await read(PackageListDto, parameters);
    const { items } = await this.catalogue.page({}, { start: offset, rows: limit });
    return items.map(({ id }) => id);
  }

  private async packageSearch(parameters: Parameters): Promise<unknown> {
    const asked = await read(PackageSearchDto, parameters);
    const query = toPublicQuery(asked.q, asked.fq);
    const place = {
      start: asked.start,
      rows: asked.rows,
      isNewestFirst: isNewestFirst(asked.sort),
    };
    const { items, total } = await this.catalogue.page(query, place);
    const facets = await this.facets(query, asked['facet.field'], asked['facet.limit']);
    return {
      count: total,
      sort: place.isNewestFirst ? 'metadata_modified desc' : 'metadata_created asc',
      results: items.map((dataset) => toPackage(this.config.publicUrl, dataset)),
      facets: Object.fromEntries(facets.map(([name, { plain }]) => [name, plain])),
      search_facets: Object.fromEntries(facets.map(([name, { full }]) => [name, full])),
    };
  }

  private async facets(
    query: PublicQuery,
    names: readonly string[],
    limit: number,
  ): Promise<readonly (readonly [string, ReturnType<typeof toFacet>])[]> {
    const facets: (readonly [string, ReturnType<typeof toFacet>])[] = [];
    for (const name of new Set(names)) {
      const facet = CKAN_FACETS.get(name);
      if (facet !== undefined) {
        facets.push([name, toFacet(name, await this.catalogue.facet(query, facet, limit))]);
      }
    }
    return facets;
  }

  private async packageShow(parameters: Parameters): Promise<unknown> {
    const { id } = await read(PackageShowDto, parameters);
    const dataset = isUuid(id) ? await this.catalogue.find(id) : undefined;
    if (!dataset) {
      throw new NotFound();
    }
    return toPackage(this.config.publicUrl, dataset);
  }

  private async organizationList(parameters: Parameters): Promise<unknown> {
    const { all_fields: isWhole } = await read(OrganizationListDto, parameters);
    const found = await this.catalogue.organisations();
    return found.map(({ value, label, count }) =>
      isWhole ? toOrganization(value, label, count) : value,
    );
  }
}

function refusal(
  status: Exclude<CkanOutcome['status'], 200>,
  type: string,
  message: string,
): CkanOutcome {
  return { status, body: { success: false, error: { __type: type, message } } };
}

/** Parameters that are not known are left out: CKAN's clients send some that mean nothing here. */
async function read<T extends object>(type: new () => T, parameters: Parameters): Promise<T> {
  const fault = findRawFault(parameters);
  const dto = plainToInstance(type, fault ? {} : parameters);
  const [first] = fault ? [] : await validate(dto, { whitelist: true });
  const reason = fault?.reason ?? Object.values(first?.constraints ?? {})[0];
  if (reason !== undefined) {
    throw new CkanQueryError(`${first?.property ?? 'parameters'}: ${reason}`);
  }
  return dto;
}
