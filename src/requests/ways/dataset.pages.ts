import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { DatasetsService } from '../../catalogue/datasets.service.js';
import { PublicCatalogue } from '../../catalogue/publication/public-catalogue.service.js';
import { schemaOrgText } from '../../catalogue/publication/schema-org.view.js';
import { Config } from '../../config/config.js';
import { principalOf } from '../../identity/caller.decorator.js';
import { PublicReads } from '../../identity/public-reads.js';
import { OrganisationProfiles } from '../../organisations/profile/organisation-profiles.service.js';
import { Public } from '../../platform/web/access.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { presentDataset } from './dataset-page.presenter.js';
import { DatasetWays } from './dataset-ways.service.js';

const ROUTE = { route: 'GET /datasets/{id}', readsPerMinute: 120 };

/** A dataset: what is in it, and how whoever reads the page gets it. */
@ApiExcludeController()
@Controller('datasets')
export class DatasetPages {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly ways: DatasetWays,
    private readonly catalogue: PublicCatalogue,
    private readonly organisations: OrganisationProfiles,
    private readonly reads: PublicReads,
    private readonly views: Views,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Get(':id')
  @Public()
  async show(
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const principal = principalOf(request);
    if (!principal) {
      await this.reads.take(ROUTE, request.ip ?? '');
    }
    const dataset = principal
      ? await this.datasets.get(principal, id)
      : await this.datasets.getPublic(id);
    const ways = principal && (await this.ways.of(principal, id));
    const hasOwnerPage =
      principal !== undefined &&
      (await this.organisations.knows(principal, dataset.organisationId));
    const known = await this.catalogue.find(id);
    this.views.render(response, 'requests/ways/views/dataset.njk', {
      ...presentDataset(dataset, { ways, hasOwnerPage }),
      structuredData: known && schemaOrgText(this.config.publicUrl, known),
    });
  }

  /** R8.3: where other catalogues send whoever wants it. */
  @Get(':id/request')
  @Public()
  wantIt(@Param('id', IdParam) id: string, @Res() response: Response): void {
    response.redirect(303, `/datasets/${id}#how-to-get-it`);
  }
}
