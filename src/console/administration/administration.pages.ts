import { Controller, Get, Inject, Param, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { HealthCheckResult } from '@nestjs/terminus';
import type { Response } from 'express';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { Config } from '../../config/config.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { capitalised } from '../../kernel/capitalised.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { Vocabulary } from '../../kernel/vocabulary.js';
import { Approvals } from '../../organisations/approvals/approvals.service.js';
import { Readiness } from '../../platform/telemetry/readiness.js';
import { Access } from '../../platform/web/access.js';
import { PAGE, type Block } from '../../platform/web/pages/blocks.js';
import { GREEN, RED } from '../../platform/web/pages/status-tag.js';
import { Views } from '../../platform/web/views.js';
import { PolicyService } from '../../policy/policy.service.js';
import { AdministrationRepository, type Backlog } from './administration.repository.js';

const APPROVALS = 50;
const TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Administration', href: '/administration' },
] as const;
const PURPOSES: Readonly<Record<string, string>> = {
  token: 'Grant tokens',
  signoff: 'Sign-offs',
};

/** What the platform's administrators look after. */
@ApiExcludeController()
@Controller('administration')
export class AdministrationPages {
  constructor(
    private readonly repository: AdministrationRepository,
    private readonly approvals: Approvals,
    private readonly policy: PolicyService,
    private readonly vocabularies: Vocabularies,
    private readonly readiness: Readiness,
    private readonly views: Views,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Get()
  @Access('organisation:register')
  async show(@Caller() principal: Principal, @Res() response: Response): Promise<void> {
    const [backlog, keys, stores, open, health] = await Promise.all([
      this.repository.backlog(),
      this.repository.keys(),
      this.repository.stores(),
      this.approvals.list(principal, null, APPROVALS),
      this.health(),
    ]);
    this.views.render(response, PAGE, {
      title: 'Administration',
      trail: TRAIL.slice(0, 1),
      blocks: [
        ...(backlog.namesCountries && this.config.countryHeader === undefined
          ? [
              {
                kind: 'warning',
                text: 'An agreement in force names countries, and no proxy says where requests come from (COUNTRY_HEADER). Those requests are refused.',
              } as const,
            ]
          : []),
        {
          kind: 'list',
          items: [
            { text: 'Organisations', href: '/organisations' },
            { text: `Approvals: ${String(open.length)} open`, href: '/approvals' },
            { text: 'Guardrails', href: '/administration/policy' },
            { text: 'Vocabularies', href: '/administration/vocabularies' },
            { text: 'Other catalogues that are read', href: '/harvest' },
          ],
        },
        healthTable(health),
        backlogTable(backlog, this.policy.currentVersion()),
        {
          kind: 'table',
          id: 'stores',
          title: 'Stores',
          columns: [
            { text: 'Store' },
            { text: 'Organisation' },
            { text: 'Last checked' },
            { text: 'Check' },
            { text: 'Status' },
          ],
          rows: stores.map((one) => [
            { text: one.name },
            { text: one.organisation },
            one.probedAt === null ? { text: 'Never' } : { instant: one.probedAt },
            { text: checkInWords(one.probePassed) },
            { text: capitalised(one.status) },
          ]),
          empty: 'No store is registered.',
        },
        {
          kind: 'table',
          id: 'keys',
          title: 'Signing keys',
          columns: [{ text: 'Key' }, { text: 'For' }, { text: 'State' }, { text: 'Since' }],
          rows: keys.map((one) => [
            { text: one.kid },
            { text: PURPOSES[one.purpose] ?? one.purpose },
            { text: capitalised(one.state) },
            { instant: one.since },
          ]),
          empty: 'There is none yet.',
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('vocabularies')
  @Access('organisation:register')
  listVocabularies(@Res() response: Response): void {
    this.views.render(response, PAGE, {
      title: 'Vocabularies',
      trail: TRAIL,
      blocks: [
        {
          kind: 'text',
          text: 'Codes of agreements’ terms, by edition. They change with a release: a code never leaves, it gets a last day.',
        },
        {
          kind: 'table',
          id: 'vocabularies',
          title: 'Vocabularies',
          isTitleHidden: true,
          columns: [{ text: 'Name' }, { text: 'Edition' }, { text: 'Codes', numeric: true }],
          rows: this.all().map(({ vocabulary, edition, terms }) => [
            { text: inWords(vocabulary), href: `/administration/vocabularies/${vocabulary}` },
            { day: edition },
            { text: String(terms.length) },
          ]),
          empty: '',
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('vocabularies/:name')
  @Access('organisation:register')
  showVocabulary(@Param('name') name: string, @Res() response: Response): void {
    const found = this.all().find(({ vocabulary }) => vocabulary === name);
    if (!found) {
      throw new ConcordatError('not_found');
    }
    this.views.render(response, PAGE, {
      title: inWords(found.vocabulary),
      trail: [...TRAIL, { text: 'Vocabularies', href: '/administration/vocabularies' }],
      blocks: [
        {
          kind: 'table',
          id: 'codes',
          title: `Codes of the edition ${found.edition}`,
          columns: [{ text: 'Meaning' }, { text: 'Code' }, { text: 'From' }, { text: 'Not from' }],
          rows: found.terms.map((term) => [
            { text: term.label },
            { text: term.code },
            { day: term.effectiveFrom },
            term.effectiveTo === null ? { text: 'In use' } : { day: term.effectiveTo },
          ]),
          empty: '',
        },
      ] satisfies readonly Block[],
    });
  }

  private all(): readonly Vocabulary[] {
    return Object.values(this.vocabularies.terms) as readonly Vocabulary[];
  }

  private async health(): Promise<Readonly<Record<string, string>>> {
    try {
      return states(await this.readiness.run());
    } catch (error) {
      if (error instanceof ServiceUnavailableException) {
        return states(error.getResponse() as HealthCheckResult);
      }
      throw error;
    }
  }
}

function inWords(vocabulary: string): string {
  return capitalised(vocabulary.replaceAll('-', ' '));
}

function states({ details }: HealthCheckResult): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(details).map(([name, { status }]) => [name, status]));
}

function healthTable(health: Readonly<Record<string, string>>): Block {
  return {
    kind: 'table',
    id: 'health',
    title: 'Health',
    columns: [{ text: 'What' }, { text: 'State' }],
    rows: Object.entries(health).map(([name, status]) => [
      { text: capitalised(name.replaceAll('_', ' ')) },
      {
        tag:
          status === 'up'
            ? { text: 'Works', classes: GREEN }
            : { text: 'Does not work', classes: RED },
      },
    ]),
    empty: 'Nothing is watched.',
  };
}

function backlogTable(backlog: Backlog, policyVersion: number): Block {
  const rows: [string, number][] = [
    ['Events that wait for their place in the log', backlog.pendingEvents],
    ['Exports that are being made', backlog.queuedExports],
    ['Mails that are not out', backlog.unsentMails],
    ['Stores whose check failed', backlog.failedStores],
    ['Datasets that could not be sealed', backlog.unsealedDatasets],
    ['Catalogues that could not be read', backlog.failedHarvests],
    ['Version of the policy', policyVersion],
  ];
  return {
    kind: 'table',
    id: 'jobs',
    title: 'Jobs',
    columns: [{ text: 'What' }, { text: 'How many', numeric: true }],
    rows: rows.map(([text, value]) => [{ text }, { text: String(value) }]),
    empty: '',
  };
}

function checkInWords(passed: boolean | null): string {
  if (passed === null) {
    return 'None yet';
  }
  return passed ? 'Passed' : 'Failed';
}
