import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import { operationInWords } from '../../identity/operation-words.js';
import type { Principal } from '../../identity/principal.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { Access } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE, type Block, type Field } from '../../platform/web/pages/blocks.js';
import { choicesOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { ACTIONS } from '../../policy/attributes.js';
import type { AccessChanges } from '../impact/access-change.rules.js';
import { GuardrailImpact } from '../impact/guardrail-impact.service.js';
import { GuardrailDto } from './guardrail.dto.js';
import type { GuardrailPosition } from '../../policy/guardrail.js';
import { Guardrails } from './guardrails.service.js';

const PAGE_SIZE = 50;
const IMPACT = 200;
const TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Administration', href: '/administration' },
] as const;
const LABELS = {
  id: 'Its number: G and 2 to 4 digits',
  datasetId: 'Id of the dataset, when it is of one alone (D in place of G)',
  actions: 'What it forbids',
  condition: 'When it forbids (a condition, as JSON; empty withdraws it)',
  message: 'What a refused person reads, without a full stop',
  baseVersion: 'Version that you read',
};

/** Guardrails: what holds whatever an agreement says; each change takes two people and shows who loses by it. */
@ApiExcludeController()
@Controller()
export class GuardrailPages {
  constructor(
    private readonly guardrails: Guardrails,
    private readonly impact: GuardrailImpact,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly views: Views,
  ) {}

  @Get('administration/policy')
  @Access('guardrail:read')
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const scope = { route: 'guardrails page', personId: principal.personId };
    const after = this.tokens.read(pageToken, scope) as GuardrailPosition | null;
    const filter = { id: null, datasetId: null, isHistory: false };
    const rows = await this.guardrails.list(principal, { ...filter, after, limit: PAGE_SIZE + 1 });
    const page = this.tokens.page(rows, PAGE_SIZE, scope, (row) => ({
      id: row.id,
      datasetId: row.datasetId,
      sinceVersion: row.sinceVersion,
    }));
    const names = await this.naming.of(page.items.map(({ datasetId }) => datasetId));
    this.views.render(response, PAGE, {
      title: 'Guardrails',
      trail: TRAIL,
      blocks: [
        {
          kind: 'text',
          text: 'They hold whatever an agreement says: what they forbid, no agreement allows.',
        },
        {
          kind: 'actions',
          links: [{ text: 'Propose a change', href: '/administration/policy/new' }],
        },
        {
          kind: 'table',
          id: 'guardrails',
          title: 'In force',
          isTitleHidden: true,
          columns: [
            { text: 'Number' },
            { text: 'Of' },
            { text: 'Forbids' },
            { text: 'What is said' },
            { text: 'Since' },
          ],
          rows: page.items.map((one) => [
            {
              text: one.id,
              href: `/administration/policy/new?id=${one.id}${one.datasetId === null ? '' : `&datasetId=${one.datasetId}`}`,
            },
            { text: one.datasetId === null ? 'All datasets' : names.of(one.datasetId) },
            { text: one.actions.map(operationInWords).join(', ') },
            { text: one.message, notes: [JSON.stringify(one.condition)] },
            { instant: one.publishedAt, notes: [`Version ${String(one.sinceVersion)}`] },
          ]),
          empty: 'There is none.',
          first: pageToken === undefined ? undefined : '/administration/policy',
          next:
            page.nextPageToken === null
              ? undefined
              : `/administration/policy?pageToken=${page.nextPageToken}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('administration/policy/new')
  @Access('guardrail:propose')
  async begin(
    @Caller() principal: Principal,
    @Query() { id, datasetId }: Readonly<Record<string, string | undefined>>,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, proposing(await this.current(principal, id, datasetId)));
  }

  @Post('administration/policy/new')
  @Access('guardrail:propose')
  async propose(
    @Caller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...proposing(typed),
      act: async () => {
        const condition = conditionFrom(textOf(typed, 'condition'));
        const input = {
          id: textOf(typed, 'id') ?? '',
          datasetId: textOf(typed, 'datasetId'),
          condition,
          ...(condition !== null && {
            actions: choicesOf(typed, 'actions'),
            message: textOf(typed, 'message') ?? '',
          }),
        };
        const dto = await validInput(GuardrailDto, input);
        const { approvalId } = await this.guardrails.propose(principal, dto, submissionKey(typed));
        return {
          location: `/approvals/${approvalId}/impact`,
          notice: 'It is proposed. A second person has to approve it.',
        };
      },
    });
  }

  /** Who would gain and who would lose, of everybody who has asked for what it concerns. */
  @Get('approvals/:id/impact')
  @Access('approval:read')
  async effect(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const { view } = await this.impact.of(principal, id, null, IMPACT);
    const names = await this.naming.of(
      [...view.gains, ...view.losses].flatMap((one) => [one.organisationId, one.datasetId]),
    );
    const table = (title: string, key: string, changes: AccessChanges['gains']): Block => ({
      kind: 'table',
      id: key,
      title: `${title}: ${String(changes.length)}`,
      columns: [
        { text: 'Who' },
        { text: 'Organisation' },
        { text: 'Dataset' },
        { text: 'Has access now' },
      ],
      rows: changes.map((one) => [
        { text: one.pseudonym ?? 'Not shown to you' },
        names.cell(one.organisationId),
        names.cell(one.datasetId),
        { text: one.hasLiveGrant ? 'Yes' : 'No' },
      ]),
      empty: 'Nobody.',
    });
    this.views.render(response, PAGE, {
      title: `What ${view.guardrail} would change`,
      trail: [
        { text: 'Home', href: '/' },
        { text: 'Approvals', href: '/approvals' },
        { text: 'This proposal', href: `/approvals/${id}` },
      ],
      blocks: [
        { kind: 'text', text: `${String(view.examined)} requests were compared.` },
        table('Would lose', 'losses', view.losses),
        table('Would gain', 'gains', view.gains),
        { kind: 'actions', links: [{ text: 'The proposal', href: `/approvals/${id}` }] },
      ] satisfies readonly Block[],
    });
  }

  private async current(
    principal: Principal,
    id: string | undefined,
    datasetId: string | undefined,
  ): Promise<FormFields> {
    if (id === undefined) {
      return {};
    }
    const filter = { id, datasetId: datasetId ?? null, isHistory: false, after: null, limit: 1 };
    const [found] = await this.guardrails.list(principal, filter);
    return found
      ? {
          id: found.id,
          datasetId: found.datasetId ?? '',
          actions: found.actions,
          condition: JSON.stringify(found.condition, null, 2),
          message: found.message,
        }
      : { id };
  }
}

function proposing(typed: FormFields): Omit<PageForm, 'act'> {
  const fields: readonly Field[] = [
    { type: 'text', name: 'id', classes: 'govuk-input--width-5' },
    { type: 'text', name: 'datasetId' },
    {
      type: 'checkbox',
      name: 'actions',
      items: ACTIONS.map((value) => ({ value, text: operationInWords(value) })),
    },
    { type: 'area', name: 'condition', rows: 8 },
    { type: 'text', name: 'message' },
  ];
  return {
    template: FORM,
    labels: LABELS,
    path: '/administration/policy/new',
    typed,
    model: () => ({
      title: 'Propose a change of a guardrail',
      trail: [...TRAIL, { text: 'Guardrails', href: '/administration/policy' }],
      blocks: [
        {
          kind: 'text',
          text: 'You see who would gain and who would lose before anybody approves it.',
        },
      ],
      fields,
      action: '/administration/policy/new',
      button: 'Propose it',
    }),
  };
}

/** What is no JSON is no condition: its rules say so. */
function conditionFrom(text: string | undefined): unknown {
  if (text === undefined) {
    return null;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
