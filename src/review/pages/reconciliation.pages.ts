import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { Access } from '../../platform/web/access.js';
import { PAGE, type Block, type Cell } from '../../platform/web/pages/blocks.js';
import { validInput, filledIn, type FormFields } from '../../platform/web/pages/form-input.js';
import { Views } from '../../platform/web/views.js';
import {
  ReconciliationQueryDto,
  ReconciliationReportApi,
} from '../reports/reconciliation/reconciliation.api.js';
import { RECONCILIATION_COLUMNS } from '../reports/reconciliation/reconciliation.columns.js';
import { fieldInWords, idsIn, valueCell } from './event-words.js';
import { REVIEW_TRAIL, reviewTabs } from './review-tabs.js';

const SHOWN = 8;
const PARTS = {
  unmatched: 'Reads that no grant explains',
  observed: 'Reads that the stores’ own logs tell of',
  absent_from_log: 'Deliveries that the stores’ logs do not have',
  unused_issues: 'Issued to fetch with, and never used',
  unused_grants: 'Grants that nobody used',
} as const;

/** What was issued beside what was read, by the stores' own access logs. */
@ApiExcludeController()
@Controller('review/reconciliation')
export class ReconciliationPages {
  constructor(
    private readonly reconciliation: ReconciliationReportApi,
    private readonly naming: ThingNaming,
    private readonly views: Views,
  ) {}

  @Get()
  @Access('audit:read')
  async show(
    @Caller() principal: Principal,
    @Query() asked: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const dto = await validInput(ReconciliationQueryDto, { ...filledIn(asked), pageSize: 25 });
    const found = await this.reconciliation.all(principal, dto, request);
    const names = await this.naming.of(idsIn(found));
    const parts = Object.entries(PARTS).map(([part, title]): Block => {
      const columns = RECONCILIATION_COLUMNS[part as keyof typeof PARTS] as Readonly<
        Record<string, (item: unknown) => never>
      >;
      const shown = Object.entries(columns).slice(0, SHOWN);
      const { items } = found[part as keyof typeof PARTS] as { readonly items: readonly unknown[] };
      return {
        kind: 'table',
        id: part,
        title,
        columns: shown.map(([name]) => ({ text: fieldInWords(name) })),
        rows: items.map((item) => shown.map(([, cell]): Cell => valueCell(cell(item), names))),
        empty: 'None.',
      };
    });
    this.views.render(response, PAGE, {
      title: 'Issued and used',
      trail: REVIEW_TRAIL,
      tabs: reviewTabs('/review/reconciliation'),
      blocks: [
        {
          kind: 'text',
          text: 'Of each the newest are shown. A read that no grant explains was made behind the broker’s back.',
        },
        ...parts,
      ] satisfies readonly Block[],
    });
  }
}
