import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { isConcordatError } from '../../kernel/errors.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM, type Block, type Field } from '../../platform/web/pages/blocks.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { leaveNotice } from '../../platform/web/pages/notices.js';
import { PageForms, type PageForm } from '../../platform/web/pages/page-forms.js';
import { saveSession } from '../../platform/web/sessions.js';
import { IdParam } from '../../platform/web/validation.js';
import { readVocabularies } from '../catalogue-vocabularies.js';
import { datasetWords } from '../dataset-words.js';
import { DatasetsService } from '../datasets.service.js';
import { ConfirmProfileDto } from '../profile/profile.dto.js';
import type { ProfileView } from '../profile/profile.view.js';
import { Profiles } from '../profile/profiles.service.js';

const { columnClass } = readVocabularies();
const CLASSES = columnClass.terms.map(({ code, label }) => ({ value: code, text: label }));

/** What the broker found in a sample, and what the owner says of it: nothing is taken over that they did not confirm. */
@ApiExcludeController()
@Controller('datasets/:id/profile')
export class ProfilePages {
  constructor(
    private readonly authorisation: Authorisation,
    private readonly datasets: DatasetsService,
    private readonly profiles: Profiles,
    private readonly forms: PageForms,
  ) {}

  @Get()
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.form(principal, id));
  }

  /** Without a proposal it asks for one; with one it is confirmed. */
  @Post()
  @SignedIn()
  async answer(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const profileId = textOf(typed, 'profileId');
    if (profileId === undefined || textOf(typed, 'again') !== undefined) {
      await this.profiles.start(principal, id);
      leaveNotice(request, 'A sample is being read. The proposal is here in a moment.');
      await saveSession(request);
      response.redirect(303, `/datasets/${id}/profile`);
      return;
    }
    const profile = await this.profiles.get(principal, id);
    await this.forms.answer(request, response, {
      ...(await this.form(principal, id, typed)),
      act: async () => {
        const columns = (profile.proposal?.columns ?? []).map(({ name }, at) => ({
          name,
          class: textOf(typed, `class.${String(at)}`),
          description: textOf(typed, `description.${String(at)}`),
        }));
        const dto = await validInput(ConfirmProfileDto, { profileId, columns });
        await this.profiles.confirm(principal, id, dto, textOf(typed, 'etag') ?? '');
        return { location: `/datasets/${id}/keep`, notice: 'The columns are described' };
      },
    });
  }

  private async form(
    principal: Principal,
    id: string,
    typed?: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const dataset = await this.datasets.get(principal, id);
    const organisationIds = [dataset.organisationId];
    this.authorisation.require(principal, 'dataset:profile', { organisationIds });
    const profile = await this.latest(principal, id);
    const columns = profile?.proposal?.columns ?? [];
    const path = `/datasets/${id}/profile`;
    const labels = Object.fromEntries(
      columns.flatMap(({ name }, at) => [
        [`class.${String(at)}`, `${name}: what it tells of people`],
        [`description.${String(at)}`, `${name}: what it is`],
      ]),
    );
    const proposed = Object.fromEntries(
      columns.map((column, at) => [`class.${String(at)}`, column.class]),
    );
    return {
      template: FORM,
      labels,
      path,
      typed: typed ?? proposed,
      model: () => ({
        title: `Profile of ${dataset.title}`,
        trail: [
          { text: 'Home', href: '/' },
          { text: dataset.title, href: `/datasets/${id}/keep` },
        ],
        blocks: blocksOf(profile),
        fields: [
          ...(profile?.proposal
            ? ([
                { type: 'hidden', name: 'profileId', value: profile.id },
                { type: 'hidden', name: 'etag', value: dataset.etag },
              ] satisfies readonly Field[])
            : []),
          ...columns.flatMap((_, at): readonly Field[] => [
            { type: 'select', name: `class.${String(at)}`, items: CLASSES },
            { type: 'text', name: `description.${String(at)}` },
          ]),
        ],
        action: path,
        button: profile?.proposal ? 'Confirm' : 'Read a sample',
        others: profile?.proposal ? [{ name: 'again', value: 'yes', text: 'Read it again' }] : [],
      }),
    };
  }

  private async latest(principal: Principal, id: string): Promise<ProfileView | undefined> {
    try {
      return await this.profiles.get(principal, id);
    } catch (error) {
      if (isConcordatError(error, 'not_found')) {
        return undefined;
      }
      throw error;
    }
  }
}

function blocksOf(profile: ProfileView | undefined): readonly Block[] {
  if (!profile) {
    return [
      {
        kind: 'text',
        text: 'The broker reads a sample and proposes what the columns are. Nothing of the data is kept, and nothing is said of it before you confirm.',
      },
    ];
  }
  if (profile.fault !== null) {
    return [{ kind: 'warning', text: profile.fault }];
  }
  if (profile.proposal === null) {
    return [{ kind: 'inset', text: 'The sample is being read. Open this page again in a moment.' }];
  }
  const { columns, notes } = profile.proposal;
  return [
    ...notes.map((text) => ({ kind: 'inset', text }) as const),
    {
      kind: 'table',
      id: 'columns',
      title: 'What was found',
      columns: [{ text: 'Column' }, { text: 'Type' }, { text: 'Proposed class' }],
      rows: columns.map((column) => [
        { text: column.name },
        { text: column.type },
        {
          text: datasetWords.columnClass(column.class),
        },
      ]),
      empty: 'No column was found.',
    },
    ...(profile.missing.length === 0
      ? []
      : [
          {
            kind: 'inset',
            text: `Described before, and not found: ${profile.missing.join(', ')}. Confirming takes them out.`,
          } as const,
        ]),
    { kind: 'heading', text: 'What you say' },
  ];
}
