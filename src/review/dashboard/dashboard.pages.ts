import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { LogHealth, type LogCondition } from '../../audit/log-health.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { addDays, endOfDay, londonDay, startOfDay } from '../../kernel/london-day.js';
import { Access } from '../../platform/web/access.js';
import { barsOf } from '../../platform/web/charts/bars.js';
import { columnsOf } from '../../platform/web/charts/columns.js';
import { flowOf } from '../../platform/web/charts/flow.js';
import { PAGE, type Block } from '../../platform/web/pages/blocks.js';
import { formatBytes } from '../../platform/web/pages/quantities.js';
import { Views } from '../../platform/web/views.js';
import { reviewTabs } from '../pages/review-tabs.js';
import { Reports } from '../reports/reports.service.js';
import {
  DashboardRepository,
  type DashboardCounts,
  type DayRow,
  type FlowRow,
  type VolumeRow,
} from './dashboard.repository.js';

const DAYS = 30;
const whole = new Intl.NumberFormat('en-GB');
const count = (value: number): string => whole.format(value);

const LOG_WORDS: Readonly<Record<LogCondition['state'], string>> = {
  intact: 'What is newest in it was looked at now: it is what was signed',
  not_begun: 'Nothing was published yet',
  stalled: 'It stands still: nothing was published for a quarter of an hour',
  unreadable: 'It cannot be read',
  checks_fail: 'It is not what was signed',
  halted: 'Signing has stopped',
};

/** The node of a picture for what stands together. */
const OTHERS = 'others';

/** The officer's first page: what is out of order, and how much goes where. */
@ApiExcludeController()
@Controller('review')
export class DashboardPages {
  constructor(
    private readonly reports: Reports,
    private readonly repository: DashboardRepository,
    private readonly health: LogHealth,
    private readonly views: Views,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('audit:read')
  async show(
    @Caller() principal: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const now = this.clock.now();
    const today = londonDay(now);
    const first = addDays(today, 1 - DAYS);
    const since = startOfDay(first);
    const asked = { principal, request, filters: { from: since.toISOString() } };
    const found = await this.reports.one(asked, async (tx, { sees }) => {
      const soon = endOfDay(addDays(today, DAYS));
      return {
        counts: await this.repository.counts(tx, sees, since, today, now, soon),
        days: await this.repository.days(tx, sees, since),
        flow: await this.repository.flow(tx, sees, since),
        volume: await this.repository.volume(tx, sees, since),
        log: await this.health.read(tx),
      };
    });
    this.views.render(response, PAGE, {
      title: 'Review',
      trail: [{ text: 'Home', href: '/' }],
      tabs: reviewTabs('/review'),
      blocks: [
        exceptions(found.counts, found.log),
        activity(found.days, first, today),
        flow(found.flow),
        volume(found.volume),
      ] satisfies readonly Block[],
    });
  }
}

/** What is wrong with the log, or at least that something is. */
function faultsOf({ state, halts, checks }: LogCondition): number {
  const open = halts.filter(({ resumedAt }) => resumedAt === null).length;
  const failing = checks.filter(({ holds }) => !holds).length;
  const isGood = state === 'intact' || state === 'not_begun';
  return Math.max(open + failing, isGood ? 0 : 1);
}

function exceptions(counts: DashboardCounts, log: LogCondition): Block {
  const rows: [string, number, string, string?][] = [
    ['Alerts that are open', counts.openAlerts, '/review/reports/alerts?status=open'],
    ['Refusals and failures, last 30 days', counts.refusals, '/review/events?outcome=refused'],
    [
      'Reads that no grant explains, last 30 days',
      counts.unexplainedReads,
      '/review/reconciliation',
    ],
    ['Agreements whose review is overdue', counts.overdueReviews, '/review/reports/expiries'],
    ['Grants that end within 30 days', counts.lapsesSoon, '/review/reports/expiries'],
    ['Data that should be destroyed by now', counts.overdueClosures, '/review/reports/closures'],
    ['Faults of the public log', faultsOf(log), '/review/log', LOG_WORDS[log.state]],
  ];
  return {
    kind: 'table',
    id: 'exceptions',
    title: 'What is out of order',
    columns: [{ text: 'What' }, { text: 'How many', numeric: true }],
    rows: rows.map(([text, value, href, note]) => [
      { text, href, ...(note !== undefined && { notes: [note] }) },
      { text: count(value) },
    ]),
    empty: '',
  };
}

function activity(rows: readonly DayRow[], first: string, today: string): Block {
  const found = new Map(rows.map(({ day, value }) => [day, value]));
  const days = Array.from({ length: DAYS }, (_, at) => addDays(first, at))
    .filter((day) => day <= today)
    .map((day) => ({ day, value: found.get(day) ?? 0 }));
  return {
    kind: 'chart',
    chart: columnsOf({ id: 'activity', title: 'Activity', unit: 'Events', days, format: count }),
    empty: 'Nothing has happened yet.',
  };
}

/** What is too small for a name of its own has no page of its own. */
function linked(place: string, id: string | null): { readonly href?: string } {
  return id === null ? {} : { href: `/review/${place}/${id}` };
}

function flow(rows: readonly FlowRow[]): Block {
  return {
    kind: 'chart',
    chart: flowOf({
      id: 'flow',
      title: 'Who shares what with whom, last 30 days',
      headings: ['Owner', 'Dataset', 'Recipient'],
      unit: 'Files read',
      paths: rows.map((row) => ({
        ends: [
          { id: row.ownerId ?? OTHERS, name: row.owner, ...linked('organisations', row.ownerId) },
          { id: row.datasetId ?? OTHERS, name: row.dataset, ...linked('datasets', row.datasetId) },
          {
            id: row.recipientId ?? OTHERS,
            name: row.recipient,
            ...linked('organisations', row.recipientId),
          },
        ],
        value: row.downloads,
      })),
      format: count,
    }),
    empty: 'Nothing was shared yet. It is drawn from what grants deliver.',
  };
}

function volume(rows: readonly VolumeRow[]): Block {
  return {
    kind: 'chart',
    chart: barsOf({
      id: 'volume',
      title: 'Volume by recipient, last 30 days',
      nameColumn: 'Recipient',
      unit: 'Volume',
      shares: rows.map(({ recipientId, recipient, bytes }) => ({
        name: recipient,
        value: bytes,
        ...linked('organisations', recipientId),
      })),
      format: formatBytes,
    }),
    empty: 'Nothing was delivered yet.',
  };
}
