import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { PAGE, type Block } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { actInWords } from '../approvals/act-words.js';
import { Approvals, type ApprovalView } from '../approvals/approvals.service.js';
import { ThingNaming, type ThingNames } from '../naming/thing-names.service.js';
import { roleInWords } from '../role-words.js';

const PAGE_SIZE = 25;
const TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Approvals', href: '/approvals' },
] as const;

/** Acts that take two people: what is proposed, and the second person's answer. */
@ApiExcludeController()
@Controller('approvals')
export class ApprovalPages {
  constructor(
    private readonly approvals: Approvals,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
  ) {}

  @Get()
  @Access('approval:read')
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const scope = { route: 'approvals page', personId: principal.personId };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const rows = await this.approvals.list(principal, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    const names = await this.naming.of(page.items.flatMap(idsOf));
    this.views.render(response, PAGE, {
      title: 'Approvals',
      trail: TRAIL.slice(0, 1),
      blocks: [
        {
          kind: 'text',
          text: 'Some acts take two people. Nothing happens until the second one approves.',
        },
        {
          kind: 'table',
          id: 'approvals',
          title: 'Open proposals',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'What' },
            { text: 'On what' },
            { text: 'Organisation' },
            { text: 'Proposed by' },
            { text: 'Lapses' },
            { text: 'Yours to answer' },
          ],
          rows: page.items.map((one) => [
            { text: actInWords(one.act), href: `/approvals/${one.id}` },
            { text: names.of(one.targetId) },
            names.cell(one.organisationId),
            { text: names.of(one.proposedBy), notes: [roleInWords(one.proposedRole)] },
            { instant: one.expiresAt },
            { text: this.approvals.mayApprove(principal, one) ? 'Yes' : 'No' },
          ]),
          empty: 'Nothing is proposed.',
          first: pageToken === undefined ? undefined : '/approvals',
          next:
            page.nextPageToken === null ? undefined : `/approvals?pageToken=${page.nextPageToken}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get(':id')
  @Access('approval:read')
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const approval = await this.approvals.getOpen(principal, id);
    const names = await this.naming.of(idsOf(approval));
    const isSecond = this.approvals.mayApprove(principal, approval);
    const isProposer = approval.proposedBy === principal.personId;
    this.views.render(response, PAGE, {
      title: actInWords(approval.act),
      trail: TRAIL,
      blocks: [
        ...(isProposer
          ? [
              {
                kind: 'inset',
                text: 'You proposed it. Somebody else has to approve it; you may take it back.',
              } as const,
            ]
          : []),
        {
          kind: 'actions',
          links: [
            ...(isSecond ? [{ text: 'Approve', href: `/approvals/${id}/approve` }] : []),
            ...(isSecond || isProposer
              ? [
                  {
                    text: isProposer ? 'Take it back' : 'Reject',
                    href: `/approvals/${id}/reject`,
                    kind: 'secondary',
                  } as const,
                ]
              : []),
            ...(approval.impactUrl === null
              ? []
              : [
                  {
                    text: 'Who gains and who loses',
                    href: `/approvals/${id}/impact`,
                    kind: 'secondary',
                  } as const,
                ]),
          ],
        },
        ...blocksOf(approval, names),
      ] satisfies readonly Block[],
    });
  }

  @Get(':id/approve')
  @Access('approval:approve')
  async askToApprove(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.approving(principal, id));
  }

  @Post(':id/approve')
  @Access('approval:approve')
  async approve(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.approving(principal, id);
    await this.confirms.answer(request, response, confirmation, async () => {
      await this.approvals.approve(principal, id);
      return { location: '/approvals', notice: 'It is approved and done' };
    });
  }

  @Get(':id/reject')
  @Access('approval:reject')
  async askToReject(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.rejecting(principal, id));
  }

  @Post(':id/reject')
  @Access('approval:reject')
  async reject(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.rejecting(principal, id);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.approvals.reject(principal, id, reason);
      return { location: '/approvals', notice: 'It is rejected' };
    });
  }

  private async approving(principal: Principal, id: string): Promise<Confirmation> {
    const approval = await this.approvals.getOpen(principal, id);
    const names = await this.naming.of(idsOf(approval));
    return {
      title: `Approve: ${actInWords(approval.act)}?`,
      path: `/approvals/${id}/approve`,
      trail: TRAIL,
      button: 'Approve it',
      blocks: [{ kind: 'warning', text: 'It happens at once.' }, ...blocksOf(approval, names)],
    };
  }

  private async rejecting(principal: Principal, id: string): Promise<Confirmation> {
    const approval = await this.approvals.getOpen(principal, id);
    return {
      title: `Reject: ${actInWords(approval.act)}?`,
      path: `/approvals/${id}/reject`,
      trail: TRAIL,
      button: 'Reject it',
      needsReason: true,
      blocks: [
        { kind: 'text', text: 'Nothing changes. Whoever proposed it may propose it again.' },
      ],
    };
  }
}

function idsOf({ targetId, organisationId, proposedBy, change }: ApprovalView): readonly string[] {
  const inside = JSON.stringify(change).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
  return [targetId, organisationId, proposedBy, ...inside];
}

function blocksOf(approval: ApprovalView, names: ThingNames): readonly Block[] {
  return [
    {
      kind: 'summary',
      rows: [
        { key: 'On what', value: names.cell(approval.targetId) },
        { key: 'Organisation', value: names.cell(approval.organisationId) },
        {
          key: 'Proposed by',
          value: {
            text: names.of(approval.proposedBy),
            notes: [roleInWords(approval.proposedRole)],
          },
        },
        { key: 'Lapses', value: { instant: approval.expiresAt } },
      ],
    },
    {
      kind: 'code',
      id: 'change',
      title: 'What would be',
      text: JSON.stringify(approval.change, null, 2),
    },
  ];
}
