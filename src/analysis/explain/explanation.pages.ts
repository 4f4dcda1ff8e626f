import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { PAGE, type Block, type Cell } from '../../platform/web/pages/blocks.js';
import { GREEN, GREY, RED, type StatusTag } from '../../platform/web/pages/status-tag.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { AccessRequestsService } from '../../requests/access-requests.service.js';
import type { ExplanationView } from './explained.js';
import { Explain } from './explain.service.js';

const SOURCES: Readonly<Record<string, string>> = {
  agreement: 'The agreement',
  decision: 'The owner’s decision',
  guardrail: 'A guardrail of the platform',
  dataset_rule: 'A rule of the dataset',
};
const ALLOWED: StatusTag = { text: 'Would be allowed', classes: GREEN };
const REFUSED: StatusTag = { text: 'Would be refused', classes: RED };

/** Why a request would be let through now or not, and what would mend it. */
@ApiExcludeController()
@Controller('requests/:id/explanation')
export class ExplanationPages {
  constructor(
    private readonly requests: AccessRequestsService,
    private readonly explaining: Explain,
    private readonly views: Views,
  ) {}

  @Get()
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const request = await this.requests.get(principal, id);
    const { agreementId, datasetId, projectId, requesterId: personId } = request;
    const about = { agreementId, datasetId, projectId, personId, action: 'dataset:read' } as const;
    const explanation = await this.explaining.explain(principal, about);
    this.views.render(response, PAGE, {
      title: `Why, or why not: ${request.reference}`,
      trail: [
        { text: 'Home', href: '/' },
        { text: 'Requests', href: '/requests' },
        { text: request.reference, href: `/requests/${id}` },
      ],
      tag: explanation.outcome === 'allow' ? ALLOWED : REFUSED,
      blocks: blocksOf(explanation),
    });
  }
}

function blocksOf(explanation: ExplanationView): readonly Block[] {
  return [
    { kind: 'lead', text: explanation.explanation },
    ...(explanation.wouldNeed.length === 0
      ? []
      : ([
          { kind: 'heading', text: 'What would have to change' },
          { kind: 'list', items: explanation.wouldNeed.map((text) => ({ text })) },
        ] as const)),
    {
      kind: 'table',
      id: 'clauses',
      title: 'Every clause that counts',
      columns: [
        { text: 'What is looked at' },
        { text: 'What is asked' },
        { text: 'What was found' },
        { text: 'Where it stands' },
        { text: 'Met' },
      ],
      rows: explanation.clauses.map((clause): readonly Cell[] => [
        { text: clause.path },
        { text: `${clause.op?.replaceAll('_', ' ') ?? ''} ${inWords(clause.expected)}`.trim() },
        { text: 'actual' in clause ? inWords(clause.actual) : 'Not shown to you' },
        {
          text: SOURCES[clause.source] ?? clause.source,
          notes: clause.clause === null ? [] : [clause.clause],
        },
        { tag: metTag(clause.isMet) },
      ]),
      empty: 'No clause was compared.',
    },
    {
      kind: 'text',
      text: `Decided by version ${String(explanation.policyVersion)} of the policy.`,
    },
  ];
}

function metTag(isMet: boolean | null): StatusTag {
  if (isMet === null) {
    return { text: 'Not known', classes: GREY };
  }
  return isMet ? { text: 'Met', classes: GREEN } : { text: 'Not met', classes: RED };
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? 'nothing' : value.map(inWords).join(', ');
  }
  if (typeof value === 'boolean') {
    return value ? 'yes' : 'no';
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'nothing';
}
