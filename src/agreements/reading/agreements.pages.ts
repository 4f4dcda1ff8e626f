import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { WorkingCaller } from '../../identity/working-for.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { PAGE, type Block } from '../../platform/web/pages/blocks.js';
import { IdParam } from '../../platform/web/validation.js';
import { validInput } from '../../platform/web/pages/form-input.js';
import { Views } from '../../platform/web/views.js';
import { agreementTag } from '../agreement-words.js';
import { AgreementListQueryDto, AgreementVersionQueryDto } from '../agreement.dto.js';
import type { AgreementView } from '../agreement.view.js';
import { AgreementsService } from '../agreements.service.js';
import { DraftForms } from '../drafting/draft-forms.service.js';
import { VERSION_STATUSES } from '../lifecycle/version-lifecycle.rules.js';
import { VersionsService } from '../versions/versions.service.js';
import {
  agreementHead,
  calendarOf,
  overviewBlocks,
  type AgreementRights,
} from './agreement-page.presenter.js';
import { changeRows } from './changes-page.presenter.js';
import { termsBlocks } from './terms-page.presenter.js';

const PAGE_SIZE = 25;

/** Agreements as those who are in them see them. */
@ApiExcludeController()
@Controller('agreements')
export class AgreementPages {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly versions: VersionsService,
    private readonly draftForms: DraftForms,
    private readonly authorisation: Authorisation,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly views: Views,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get()
  @SignedIn()
  async list(
    @WorkingCaller() principal: Principal,
    @Query() asked: Record<string, string>,
    @Res() response: Response,
  ): Promise<void> {
    const given = Object.entries(asked).filter(([, value]) => value !== '');
    const query = await validInput(AgreementListQueryDto, Object.fromEntries(given));
    const status = query.status ?? null;
    const [working] = principal.memberships;
    const organisationIds = working ? [working.organisationId] : [];
    const scope = {
      route: 'agreements page',
      personId: principal.personId,
      organisationId: working?.organisationId ?? null,
      status,
    };
    const after = this.tokens.read(query.pageToken, scope) as string | null;
    const rows = await this.agreements.list(principal, { status, after, limit: PAGE_SIZE + 1 });
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    const names = await this.naming.of(page.items.flatMap((one) => one.partyOrganisationIds));
    const now = this.clock.now();
    const filter = status === null ? '' : `status=${status}&`;
    this.views.render(response, PAGE, {
      title: 'Agreements',
      trail: [{ text: 'Home', href: '/' }],
      labels: { status: 'Status' },
      errorOf: {},
      typed: { status: status ?? '' },
      blocks: [
        ...(this.authorisation.allows(principal, 'agreement:draft', { organisationIds })
          ? [
              {
                kind: 'actions',
                links: [{ text: 'Draft an agreement', href: '/agreements/new' }],
              } as const,
            ]
          : []),
        {
          kind: 'filter',
          action: '/agreements',
          button: 'Show',
          fields: [
            {
              type: 'select',
              name: 'status',
              items: [
                { value: '', text: 'All' },
                ...VERSION_STATUSES.map((value) => ({
                  value,
                  text: agreementTag(value, null, now).text,
                })),
              ],
            },
          ],
        },
        {
          kind: 'table',
          id: 'agreements',
          title: 'Agreements',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'Reference' },
            { text: 'Title' },
            { text: 'Parties' },
            { text: 'Ends' },
            { text: 'Status' },
          ],
          rows: page.items.map((one) => [
            { text: one.reference, href: `/agreements/${one.id}` },
            { text: one.title === '' ? 'Untitled draft' : one.title },
            { text: one.partyOrganisationIds.map((id) => names.of(id)).join(', ') },
            one.endsAt === null ? { text: 'Not set' } : { instant: one.endsAt },
            {
              tag: agreementTag(one.status, one.endsAt === null ? null : new Date(one.endsAt), now),
            },
          ]),
          empty: 'There is none. A data owner drafts the first.',
          first:
            query.pageToken === undefined
              ? undefined
              : `/agreements?${filter}`.replace(/[?&]$/, ''),
          next:
            page.nextPageToken === null
              ? undefined
              : `/agreements?${filter}pageToken=${page.nextPageToken}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get(':id')
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.get(principal, id);
    const open = await this.agreements.getOpen(principal, id);
    const names = await this.naming.of([
      agreement.organisationId,
      ...agreement.parties.map(({ organisationId }) => organisationId),
    ]);
    const next: readonly Block[] =
      open.version === agreement.version
        ? []
        : [
            {
              kind: 'inset',
              text: `Version ${String(open.version)} is being prepared: ${agreementTag(open.status, null, this.clock.now()).text.toLowerCase()}.`,
            },
            { kind: 'actions', links: nextLinks(open) },
          ];
    const rights = this.rightsOn(principal, agreement);
    this.views.render(response, PAGE, {
      ...agreementHead(agreement, 'overview', this.clock.now()),
      blocks: [...next, ...overviewBlocks(agreement, names, rights)],
    });
  }

  @Get(':id/terms')
  @SignedIn()
  async terms(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { version }: AgreementVersionQueryDto,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.get(principal, id, version);
    const forms = await this.draftForms.of(principal);
    const names = await this.naming.of(idsIn(agreement.terms));
    this.views.render(response, PAGE, {
      ...agreementHead(agreement, 'terms', this.clock.now()),
      blocks: [
        {
          kind: 'text',
          text: `Version ${String(agreement.version)}. ${agreement.versionHash ?? 'Its content is not locked yet.'}`,
        },
        {
          kind: 'list',
          items: [{ text: 'The same for programs (ODRL)', href: `/agreements/${id}/odrl` }],
        },
        ...termsBlocks(agreement.terms as Readonly<Record<string, unknown>>, forms, names),
      ] satisfies readonly Block[],
    });
  }

  /** Two versions side by side: by default the newest beside the one that it was made from. */
  @Get(':id/versions')
  @SignedIn()
  async changes(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { from, to }: Record<string, string | undefined>,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.get(principal, id);
    const changes = await this.versions.changes(principal, id, {
      ...versionIn('from', from),
      ...versionIn('to', to),
    });
    const forms = await this.draftForms.of(principal);
    const open = await this.agreements.getOpen(principal, id);
    const names = await this.naming.of([...idsIn(agreement.terms), ...idsIn(open.terms)]);
    this.views.render(response, PAGE, {
      ...agreementHead(agreement, 'versions', this.clock.now()),
      labels: { from: 'Older version', to: 'Newer version' },
      errorOf: {},
      typed: { from: String(changes.from), to: String(changes.to) },
      blocks: [
        {
          kind: 'filter',
          action: `/agreements/${id}/versions`,
          button: 'Compare',
          fields: [
            { type: 'text', name: 'from', classes: 'govuk-input--width-3' },
            { type: 'text', name: 'to', classes: 'govuk-input--width-3' },
          ],
        },
        {
          kind: 'table',
          id: 'changes',
          title: `What version ${String(changes.to)} changes of version ${String(changes.from)}`,
          columns: [{ text: 'Term' }, { text: 'Change' }, { text: 'Before' }, { text: 'After' }],
          rows: changeRows(changes.changes, forms, names),
          empty: 'They are the same.',
        },
      ] satisfies readonly Block[],
    });
  }

  @Get(':id/signatures')
  @SignedIn()
  async signatures(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { version }: AgreementVersionQueryDto,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.get(principal, id, version);
    const { signatures } = await this.agreements.signatures(principal, id, version);
    const names = await this.naming.of(agreement.parties.map((party) => party.organisationId));
    const partyName = (partyId: string): string =>
      names.of(agreement.parties.find((party) => party.id === partyId)?.organisationId ?? partyId);
    this.views.render(response, PAGE, {
      ...agreementHead(agreement, 'signatures', this.clock.now()),
      blocks: [
        {
          kind: 'text',
          text: 'Each sign-off is bound to the content by its hash, and can be verified with the published keys, without this service.',
        },
        ...(agreement.attestation === null
          ? []
          : [
              {
                kind: 'inset',
                text: 'It was signed on paper. Two people vouched for that here.',
              } as const,
            ]),
        {
          kind: 'table',
          id: 'signatures',
          title: 'Sign-offs',
          isTitleHidden: true,
          columns: [
            { text: 'Party' },
            { text: 'Version' },
            { text: 'Content' },
            { text: 'Signed' },
          ],
          rows: signatures.map((one) => [
            { text: partyName(one.partyId) },
            { text: String(one.version) },
            { text: one.versionHash },
            { instant: one.signedAt },
          ]),
          empty: 'Nobody has signed it yet.',
        },
        ...signatures.map(
          (one) =>
            ({
              kind: 'code',
              id: `jws-${one.partyId}`,
              title: `Signed by ${partyName(one.partyId)} (JWS)`,
              text: one.jws,
            }) as const,
        ),
      ] satisfies readonly Block[],
    });
  }

  @Get(':id/calendar')
  @SignedIn()
  async calendar(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.get(principal, id);
    const now = this.clock.now();
    this.views.render(response, PAGE, {
      ...agreementHead(agreement, 'calendar', now),
      blocks: [
        {
          kind: 'chart',
          chart: calendarOf(agreement, now),
          empty: 'It has no dates yet. They are set with the terms.',
        },
        { kind: 'text', text: `Today is ${londonDay(now)}.` },
      ] satisfies readonly Block[],
    });
  }

  private rightsOn(principal: Principal, agreement: AgreementView): AgreementRights {
    const organisationIds = [
      agreement.organisationId,
      ...agreement.parties.map((party) => party.organisationId),
    ];
    const may = (operation: Operation): boolean =>
      this.authorisation.allows(principal, operation, { organisationIds });
    return {
      mayEdit: may('agreement:edit'),
      mayReview: may('agreement:review'),
      maySign: may('agreement:sign'),
      mayAmend: may('agreement:amend'),
      maySuspend: may('agreement:suspend'),
      mayResume: may('agreement:resume'),
      mayTerminate: may('agreement:terminate'),
      mayAccede: may('agreement:accede'),
      mayChangeParties: may('party:suspend'),
      mayTakeBack: may('notice:take_back'),
      mayAttest: may('agreement:attest'),
    };
  }
}

function nextLinks({ id, status }: AgreementView) {
  const act = { draft: 'draft', in_review: 'review', awaiting_signature: 'sign' }[status];
  return [
    ...(act === undefined ? [] : [{ text: 'Go on with it', href: `/agreements/${id}/${act}` }]),
    { text: 'What it changes', href: `/agreements/${id}/versions`, kind: 'secondary' as const },
  ];
}

function versionIn(name: 'from' | 'to', text: string | undefined) {
  return text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? { [name]: Number(text) } : {};
}

function idsIn(terms: unknown): readonly string[] {
  return JSON.stringify(terms).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
}
