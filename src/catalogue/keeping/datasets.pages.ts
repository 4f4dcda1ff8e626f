import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { WorkingCaller } from '../../identity/working-for.js';
import { ConcordatError } from '../../kernel/errors.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { sendCsv } from '../../platform/web/csv/send-csv.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE, type Block, type Choice } from '../../platform/web/pages/blocks.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { StoresService } from '../../stores/stores.service.js';
import { MetadataExport } from '../bulk/metadata-export.service.js';
import { DatasetEdits } from '../dataset-edits.service.js';
import { DatasetRegistration } from '../dataset-registration.service.js';
import { datasetTag } from '../dataset-tag.js';
import { DatasetDto } from '../dataset.dto.js';
import type { OwnDatasetView } from '../dataset.view.js';
import { DatasetsService } from '../datasets.service.js';
import { DATASET_LABELS, datasetFields, datasetFrom, datasetTyped } from './dataset-form.js';
import { keepingBlocks } from './keeping-page.presenter.js';

const PAGE_SIZE = 25;
const STORES = 100;

/** Datasets as their organisation keeps them. */
@ApiExcludeController()
@Controller()
export class DatasetKeepingPages {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly registration: DatasetRegistration,
    private readonly edits: DatasetEdits,
    private readonly exporting: MetadataExport,
    private readonly stores: StoresService,
    private readonly authorisation: Authorisation,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly views: Views,
  ) {}

  @Get('organisations/:id/datasets')
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Param('id', IdParam) organisationId: string,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const about = { organisationIds: [organisationId] };
    this.authorisation.require(principal, 'dataset:read', about);
    const scope = { route: 'own datasets page', personId: principal.personId, organisationId };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const asked = { after, limit: PAGE_SIZE + 1 };
    const rows = await this.datasets.listOf(principal, organisationId, asked);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    const names = await this.naming.of([organisationId]);
    const path = `/organisations/${organisationId}/datasets`;
    // The page of keeping a dataset says where it lies.
    const mayKeep = this.authorisation.allows(principal, 'store:read', about);
    this.views.render(response, PAGE, {
      title: 'Datasets',
      trail: [
        { text: 'Home', href: '/' },
        { text: names.of(organisationId), href: `/organisations/${organisationId}` },
      ],
      blocks: [
        {
          kind: 'actions',
          links: [
            ...(this.authorisation.allows(principal, 'dataset:register', about)
              ? [{ text: 'Register a dataset', href: '/datasets/new' }]
              : []),
            ...(this.authorisation.allows(principal, 'harvest:register', about)
              ? [{ text: 'Other catalogues', href: '/harvest', kind: 'secondary' } as const]
              : []),
            {
              text: 'Their descriptions as a table (CSV)',
              href: `${path}/export.csv`,
              kind: 'secondary',
            },
          ],
        },
        {
          kind: 'table',
          id: 'datasets',
          title: 'Datasets',
          order: 'newest first',
          isTitleHidden: true,
          columns: [{ text: 'Title' }, { text: 'Kind' }, { text: 'Life' }, { text: 'Access' }],
          rows: page.items.map((one) => [
            { text: one.title, href: `/datasets/${one.id}${mayKeep ? '/keep' : ''}` },
            { text: one.kind === 'feed' ? 'Live feed' : 'Files' },
            { text: LIVES[one.status] ?? one.status },
            { tag: datasetTag(one.access, one.status) },
          ]),
          empty: 'There is none. Register the first: describe it, and say in which store it lies.',
          first: pageToken === undefined ? undefined : path,
          next: page.nextPageToken === null ? undefined : `${path}?pageToken=${page.nextPageToken}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('organisations/:id/datasets/export.csv')
  @SignedIn()
  async export(
    @Caller() principal: Principal,
    @Param('id', IdParam) organisationId: string,
    @Res() response: Response,
  ): Promise<void> {
    await sendCsv(response, await this.exporting.begin(principal, organisationId));
  }

  @Get('datasets/new')
  @SignedIn()
  async begin(@WorkingCaller() principal: Principal, @Res() response: Response): Promise<void> {
    await this.forms.show(response, await this.registering(principal));
  }

  @Post('datasets/new')
  @SignedIn()
  async register(
    @WorkingCaller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.registering(principal, typed)),
      act: async () => {
        const described: Record<string, unknown> = {
          ...datasetFrom(typed),
          organisationId: principal.memberships[0]?.organisationId,
        };
        const given = Object.entries(described).filter(([, value]) => value !== null);
        const dto = await validInput(DatasetDto, Object.fromEntries(given));
        const id = await this.registration.register(principal, dto, submissionKey(typed));
        return {
          location: `/datasets/${id}/keep`,
          notice: 'It is registered as a draft. Publish it when it is ready.',
        };
      },
    });
  }

  /** What only its organisation sees: where it lies, how sealing goes, and what may be done with it. */
  @Get('datasets/:id/keep')
  @SignedIn()
  async keep(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const dataset = await this.own(principal, id);
    const names = await this.naming.of([dataset.storeId]);
    const about = { organisationIds: [dataset.organisationId] };
    const may = (operation: Operation): boolean =>
      this.authorisation.allows(principal, operation, about);
    this.views.render(response, PAGE, {
      title: dataset.title,
      trail: trailOf(dataset),
      tag: datasetTag(dataset.access, dataset.status),
      blocks: keepingBlocks(dataset, names, may),
    });
  }

  @Get('datasets/:id/edit')
  @SignedIn()
  async change(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.changing(principal, await this.own(principal, id)));
  }

  @Post('datasets/:id/edit')
  @SignedIn()
  async save(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const dataset = await this.own(principal, id);
    await this.forms.answer(request, response, {
      ...(await this.changing(principal, dataset, typed)),
      act: async () => {
        // A kind is for good, and the form of a change does not ask for it.
        const changes = Object.fromEntries(
          Object.entries(datasetFrom(typed)).filter(([name]) => name !== 'kind'),
        );
        const kept = { ...changes, ...sameForms(changes, dataset) };
        await this.edits.edit(principal, id, kept, textOf(typed, 'etag') ?? '');
        return { location: `/datasets/${id}/keep`, notice: 'Your changes are saved' };
      },
    });
  }

  private async registering(
    principal: Principal,
    typed?: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const [working] = principal.memberships;
    const stores = await this.storesOf(principal);
    return {
      template: FORM,
      labels: DATASET_LABELS,
      path: '/datasets/new',
      typed: typed ?? {
        publisher: working?.organisationName,
        access: 'shared',
        visibility: 'public',
        kind: 'files',
        languages: 'ENG',
      },
      model: () => ({
        title: 'Register a dataset',
        trail: [{ text: 'Home', href: '/' }],
        blocks: [{ kind: 'text', text: `It belongs to ${working?.organisationName ?? ''}.` }],
        fields: datasetFields(stores, true),
        action: '/datasets/new',
        button: 'Register',
      }),
    };
  }

  private async changing(
    principal: Principal,
    dataset: OwnDatasetView,
    typed?: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const stores = await this.storesOf(principal);
    const path = `/datasets/${dataset.id}/edit`;
    const etag = typed === undefined ? dataset.etag : (textOf(typed, 'etag') ?? '');
    return {
      template: FORM,
      labels: DATASET_LABELS,
      path,
      typed: typed ?? datasetTyped(dataset),
      model: () => ({
        title: `Change ${dataset.title}`,
        trail: trailOf(dataset),
        fields: [{ type: 'hidden', name: 'etag', value: etag }, ...datasetFields(stores, false)],
        action: path,
        button: 'Save',
      }),
    };
  }

  private async storesOf(principal: Principal): Promise<readonly Choice[]> {
    const stores = await this.stores.list(principal, null, STORES);
    return stores
      .filter(({ status }) => status !== 'retired')
      .map(({ id, name }) => ({ value: id, text: name }));
  }

  /** @throws ConcordatError `not_found` to who sees it as others do. */
  private async own(principal: Principal, id: string): Promise<OwnDatasetView> {
    const dataset = await this.datasets.get(principal, id);
    if (!('paths' in dataset)) {
      throw new ConcordatError('not_found');
    }
    return dataset;
  }
}

const LIVES: Readonly<Record<string, string>> = {
  draft: 'Draft',
  published: 'Published',
  frozen: 'Frozen',
  withdrawn: 'Withdrawn',
};

function trailOf({ id, title, organisationId }: OwnDatasetView) {
  return [
    { text: 'Home', href: '/' },
    { text: 'Datasets', href: `/organisations/${organisationId}/datasets` },
    { text: title, href: `/datasets/${id}/keep` },
  ];
}

/** A form whose title is that of one that is there is the same form, with what this page does not ask of it. */
function sameForms(changes: Readonly<Record<string, unknown>>, { distributions }: OwnDatasetView) {
  const wanted = changes['distributions'] as readonly { readonly title: string }[];
  return {
    distributions: wanted.map((one) => {
      const old = distributions.find(({ title }) => title === one.title);
      return old ? { id: old.id, disclosesLocation: old.disclosesLocation, ...one } : one;
    }),
  };
}
