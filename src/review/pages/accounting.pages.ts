import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Access } from '../../platform/web/access.js';
import { barsOf } from '../../platform/web/charts/bars.js';
import { PAGE, type Block } from '../../platform/web/pages/blocks.js';
import { validInput } from '../../platform/web/pages/form-input.js';
import { formatBytes } from '../../platform/web/pages/quantities.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { AccountingQueryDto, AccountingReportApi } from '../reports/accounting/accounting.api.js';
import { fieldInWords, idsIn, valueCell } from './event-words.js';
import { REVIEW_TRAIL } from './review-tabs.js';

const SHOWN = 40;

/** What of an organisation's data went to whom in the last year. */
@ApiExcludeController()
@Controller('review/organisations/:id/accounting')
export class AccountingPages {
  constructor(
    private readonly authorisation: Authorisation,
    private readonly accounting: AccountingReportApi,
    private readonly naming: ThingNaming,
    private readonly views: Views,
  ) {}

  @Get()
  @Access('audit:read')
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) organisationId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const dto = await validInput(AccountingQueryDto, { organisationId });
    const { groups, totals, isComplete } = await this.accounting.get(principal, dto, request);
    const isTheirs = this.authorisation.allows(principal, 'audit:read', {
      organisationIds: [organisationId],
    });
    if (groups.length === 0 && !isTheirs) {
      // An organisation of which the reader may see nothing is absent, by name too (law 3).
      throw new ConcordatError('not_found');
    }
    const names = await this.naming.of([organisationId, ...idsIn(groups)]);
    const [first] = groups;
    const columns = first === undefined ? [] : Object.keys(first);
    this.views.render(response, PAGE, {
      title: `Accounting of disclosures: ${names.of(organisationId)}`,
      trail: [
        ...REVIEW_TRAIL,
        { text: names.of(organisationId), href: `/review/organisations/${organisationId}` },
      ],
      blocks: [
        {
          kind: 'lead',
          text: `In the last year ${String(totals.deliveries)} deliveries, ${formatBytes(totals.bytes)}, went to ${String(totals.recipients)} recipients.`,
        },
        ...(isComplete && groups.length <= SHOWN
          ? []
          : [
              {
                kind: 'inset',
                text: 'There is more: these are the first.',
              } as const,
            ]),
        {
          kind: 'chart',
          chart: barsOf({
            id: 'volume',
            title: 'Volume by recipient',
            nameColumn: 'Recipient',
            unit: 'Volume',
            shares: sharesOf(groups),
            format: formatBytes,
          }),
          empty: 'Nothing went out.',
        },
        {
          kind: 'table',
          id: 'groups',
          title: 'What went to whom',
          columns: columns.map((name) => ({ text: fieldInWords(name) })),
          rows: groups
            .slice(0, SHOWN)
            .map((group) => Object.values(group).map((value) => valueCell(value as never, names))),
          empty: 'Nothing went out in the last year.',
        },
      ] satisfies readonly Block[],
    });
  }
}

interface Group {
  readonly recipient: { readonly id: string; readonly name: string };
  readonly bytes: number;
}

function sharesOf(groups: readonly Group[]) {
  const sums = new Map<string, { name: string; value: number }>();
  for (const { recipient, bytes } of groups) {
    const before = sums.get(recipient.id)?.value ?? 0;
    sums.set(recipient.id, { name: recipient.name, value: before + bytes });
  }
  return [...sums].map(([id, share]) => ({ ...share, href: `/review/organisations/${id}` }));
}
