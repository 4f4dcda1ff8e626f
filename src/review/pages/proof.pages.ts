import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Config } from '../../config/config.js';
import { Caller } from '../../identity/caller.decorator.js';
import { routeOf } from '../../identity/refusals.service.js';
import type { Principal } from '../../identity/principal.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { Access, SignedIn } from '../../platform/web/access.js';
import { PAGE, type Block, type Cell } from '../../platform/web/pages/blocks.js';
import { GREEN, GREY, RED, type StatusTag } from '../../platform/web/pages/status-tag.js';
import { traceIdOf } from '../../platform/web/trace-id.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { Disclosures } from '../disclosures/disclosures.service.js';
import { ExplanationReportApi } from '../reports/explanation/explanation.api.js';
import { IntegrityReportApi } from '../reports/integrity/integrity.api.js';
import { idsIn, valueCell } from './event-words.js';
import { REVIEW_TRAIL, reviewTabs } from './review-tabs.js';

const MET: Readonly<Record<string, StatusTag>> = {
  true: { text: 'Met', classes: GREEN },
  false: { text: 'Not met', classes: RED },
  null: { text: 'Not known', classes: GREY },
};

/** Why a decision was what it was, whether the log is whole, and what proves one event. */
@ApiExcludeController()
@Controller('review')
export class ProofPages {
  constructor(
    private readonly explanations: ExplanationReportApi,
    private readonly integrity: IntegrityReportApi,
    private readonly disclosures: Disclosures,
    private readonly naming: ThingNaming,
    private readonly views: Views,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Get('decisions/:eventId')
  @Access('audit:read')
  async decision(
    @Caller() principal: Principal,
    @Param('eventId', IdParam) eventId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const found = await this.explanations.get(principal, eventId, request);
    const names = await this.naming.of(idsIn(found));
    this.views.render(response, PAGE, {
      title: 'Why policy said so',
      trail: [...REVIEW_TRAIL, { text: 'The event', href: `/review/events/${eventId}` }],
      tag:
        found.outcome === 'allow'
          ? { text: 'Allowed', classes: GREEN }
          : { text: 'Refused', classes: RED },
      blocks: [
        { kind: 'lead', text: found.explanation ?? 'Its words are not yours to see.' },
        {
          kind: 'inset',
          text: replayInWords(found.replay.isPossible, found.replay.isSame),
        },
        ...(found.wouldNeed.length === 0
          ? []
          : ([
              { kind: 'heading', text: 'What would have had to be otherwise' },
              { kind: 'list', items: found.wouldNeed.map((text) => ({ text })) },
            ] as const)),
        {
          kind: 'table',
          id: 'clauses',
          title: 'Every clause that counted',
          columns: [
            { text: 'What was looked at' },
            { text: 'What was asked' },
            { text: 'What was found' },
            { text: 'Met' },
          ],
          rows: found.clauses.map((clause): readonly Cell[] => [
            { text: clause.path },
            {
              text: `${clause.op ?? ''} ${valueCell(clause.expected as never, names).text ?? ''}`.trim(),
            },
            'actual' in clause
              ? valueCell(clause.actual as never, names)
              : { text: 'Not shown to you' },
            { tag: MET[String(clause.isMet)] ?? { text: '', classes: GREY } },
          ]),
          empty: 'No clause can be shown.',
        },
        {
          kind: 'summary',
          rows: [
            { key: 'Decided', value: { instant: found.decidedAt } },
            { key: 'Version of the policy', value: { text: String(found.policyVersion) } },
            { key: 'Id of the decision', value: { text: found.decisionId } },
          ],
        },
      ] satisfies readonly Block[],
    });
  }

  /** What the worker found when it last recomputed the log, and how anybody recomputes it without us. */
  @Get('log')
  @Access('audit:read')
  async log(
    @Caller() principal: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const state = await this.integrity.get(principal, request);
    const { lastPublication, lastVerification, pending, halts } = state;
    const stopped = halts.filter(({ resumedAt }) => resumedAt === null);
    const isWhole = stopped.length === 0 && (state.ageSeconds ?? 0) < state.stallsAfterSeconds;
    this.views.render(response, PAGE, {
      title: 'The log',
      trail: REVIEW_TRAIL,
      tabs: reviewTabs('/review/log'),
      tag: isWhole ? { text: 'In order', classes: GREEN } : { text: 'Look into it', classes: RED },
      blocks: [
        ...stopped.map(
          ({ code, detail }) =>
            ({ kind: 'warning', text: `Signing has stopped: ${detail ?? code}` }) as const,
        ),
        {
          kind: 'summary',
          rows: [
            { key: 'Name of the log', value: { text: state.origin } },
            { key: 'Events in it', value: { text: String(state.size) } },
            {
              key: 'Last published',
              value: lastPublication === null ? { text: 'Never' } : { instant: lastPublication.at },
            },
            {
              key: 'Last verified as a whole',
              value:
                lastVerification === null
                  ? { text: 'Not yet' }
                  : {
                      instant: lastVerification.at,
                      notes: [
                        `${String(lastVerification.size)} events, root ${lastVerification.root}`,
                      ],
                    },
            },
            { key: 'Waiting for a place', value: { text: String(pending.count) } },
            { key: 'Asked', value: { instant: state.askedAt } },
          ],
        },
        {
          kind: 'actions',
          links: [{ text: 'Look again', href: '/review/log', kind: 'secondary' }],
        },
        { kind: 'heading', text: 'Verify it without us' },
        {
          kind: 'text',
          text: 'The verifier needs nothing but the public log and its key. It recomputes every hash, and says where anything differs.',
        },
        {
          kind: 'code',
          id: 'verify',
          title: 'Verify the whole log',
          text: `curl -s ${this.config.publicUrl}/log/vkey > vkey\nconcordat verify log ${this.config.publicUrl}/log --vkey "$(cat vkey)"\n`,
        },
        {
          kind: 'list',
          items: [
            { text: 'The newest signed checkpoint', href: '/log/checkpoint' },
            { text: 'The key of the log', href: '/log/vkey' },
            { text: 'Make an evidence pack', href: '/review/exports/new' },
          ],
        },
        {
          kind: 'table',
          id: 'halts',
          title: 'When signing stopped',
          columns: [{ text: 'Since' }, { text: 'Why' }, { text: 'Until' }],
          rows: halts.map(({ code, detail, haltedAt, resumedAt }) => [
            { instant: haltedAt },
            { text: detail ?? code },
            resumedAt === null ? { text: 'It has not gone on' } : { instant: resumedAt },
          ]),
          empty: 'It never stopped.',
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('events/:id/disclose')
  @Access('audit:read')
  choose(@Param('id', IdParam) id: string, @Res() response: Response): void {
    this.views.render(response, PAGE, {
      title: 'Disclose fields of this event',
      trail: [...REVIEW_TRAIL, { text: 'The event', href: `/review/events/${id}` }],
      labels: { fields: 'Names of fields, with commas (optional: all that you may open)' },
      typed: {},
      errorOf: {},
      blocks: [
        {
          kind: 'text',
          text: 'Whoever gets the file can prove the chosen fields against the public log, and learns nothing of the others.',
        },
        {
          kind: 'filter',
          action: `/review/events/${id}/disclosure`,
          button: 'Download the disclosure',
          fields: [{ type: 'text', name: 'fields' }],
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('events/:id/disclosure')
  @SignedIn()
  async disclose(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query('fields') fields: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const source = { route: routeOf(request), traceId: traceIdOf(request) };
    const wanted = fields
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const disclosure = await this.disclosures.disclose(
      principal,
      id,
      wanted?.length === 0 ? undefined : wanted,
      source,
    );
    response.attachment(`disclosure-${id}.json`);
    response.type('application/json').send(JSON.stringify(disclosure));
  }
}

function replayInWords(isPossible: boolean, isSame: boolean | null): string {
  if (!isPossible) {
    return 'It cannot be made again: what it was made from is not there any more.';
  }
  return isSame === true
    ? 'It was made again from what was known then, and came out the same.'
    : 'Made again from what was known then, it comes out otherwise. Look into it.';
}
