import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ThingNaming, type ThingNames } from '../../organisations/naming/thing-names.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE, type Block, type Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { dayOf, linesOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type PageForm } from '../../platform/web/pages/page-forms.js';
import { GREEN, RED, tagOf, YELLOW, type StatusTags } from '../../platform/web/pages/status-tag.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { CloseDto } from './closure.dto.js';
import type { ClosureDetailView } from './closure.view.js';
import { ClosuresService } from './closures.service.js';

const PAGE_SIZE = 25;
const TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Destruction of data', href: '/closures' },
] as const;
const TAGS: StatusTags = {
  due: { text: 'Due', classes: YELLOW },
  overdue: { text: 'Overdue', classes: RED },
  attested: { text: 'Attested', classes: YELLOW },
  verified: { text: 'Verified', classes: GREEN },
};
const LABELS = {
  'certificate.objects':
    'What it was, one on each line: SHA-256, a space, and the name (empty if nothing was fetched)',
  'certificate.disposal': 'What became of it',
  'certificate.method': 'How',
  'certificate.disposedOn': 'On which day',
  'certificate.residualBackups': 'Copies that cannot be reached yet (optional)',
  'certificate.residualBackupsEndOn': 'When those end (only if there are any)',
};
const FIELDS: readonly Field[] = [
  {
    type: 'radio',
    name: 'certificate.disposal',
    items: [
      { value: 'destroyed', text: 'It was destroyed' },
      { value: 'returned', text: 'It was given back' },
      { value: 'archived', text: 'It was archived, as the agreement allows' },
    ],
  },
  { type: 'text', name: 'certificate.method', hint: 'For example, by erasing the keys' },
  { type: 'day', name: 'certificate.disposedOn' },
  { type: 'area', name: 'certificate.objects', rows: 6 },
  { type: 'area', name: 'certificate.residualBackups', rows: 2 },
  { type: 'day', name: 'certificate.residualBackupsEndOn' },
];

/** What must be destroyed when access has ended, and who vouches that it was. */
@ApiExcludeController()
@Controller('closures')
export class ClosurePages {
  constructor(
    private readonly closures: ClosuresService,
    private readonly authorisation: Authorisation,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
  ) {}

  @Get()
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const scope = { route: 'closures page', personId: principal.personId };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const all = { agreementId: null, status: null };
    const rows = await this.closures.list(principal, all, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    const names = await this.naming.of(
      page.items.flatMap((one) => [
        one.agreementId,
        one.projectId,
        one.organisationId,
        one.providerId,
      ]),
    );
    this.views.render(response, PAGE, {
      title: 'Destruction of data',
      trail: [{ text: 'Home', href: '/' }],
      blocks: [
        {
          kind: 'table',
          id: 'closures',
          title: 'Certificates',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'Agreement' },
            { text: 'Owed by' },
            { text: 'Owed to' },
            { text: 'Due by' },
            { text: 'Status' },
          ],
          rows: page.items.map((one) => [
            {
              text: names.of(one.agreementId),
              href: `/closures/${one.id}`,
              notes: [names.of(one.projectId)],
            },
            names.cell(one.organisationId),
            names.cell(one.providerId),
            { instant: one.dueAt },
            { tag: tagOf(TAGS, one.status) },
          ]),
          empty: 'Nothing has to be destroyed. It is asked for when access to data ends.',
          first: pageToken === undefined ? undefined : '/closures',
          next:
            page.nextPageToken === null ? undefined : `/closures?pageToken=${page.nextPageToken}`,
        },
      ],
    });
  }

  @Get(':id')
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const { closure, names } = await this.read(principal, id);
    const may = (organisationId: string): boolean =>
      this.authorisation.allows(principal, 'closure:attest', { organisationIds: [organisationId] });
    const mayVerify = this.authorisation.allows(principal, 'closure:verify', {
      organisationIds: [closure.providerId],
    });
    const isOpen = closure.status === 'due' || closure.status === 'overdue';
    this.views.render(response, PAGE, {
      title: `Destruction of data: ${names.of(closure.agreementId)}`,
      trail: [...TRAIL, { text: 'This certificate', href: `/closures/${id}` }],
      tag: tagOf(TAGS, closure.status),
      blocks: [
        {
          kind: 'actions',
          links: [
            ...(isOpen && may(closure.organisationId)
              ? [{ text: 'Attest', href: `/closures/${id}/attest` }]
              : []),
            ...(closure.status === 'attested' && mayVerify
              ? [{ text: 'Verify', href: `/closures/${id}/verify` }]
              : []),
          ],
        },
        ...blocksOf(closure, names),
      ],
    });
  }

  @Get(':id/attest')
  @SignedIn()
  async askToAttest(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.attesting(principal, id, {}));
  }

  @Post(':id/attest')
  @SignedIn()
  async attest(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.attesting(principal, id, typed)),
      act: async () => {
        const closure = await this.closures.get(principal, id);
        const dto = await validInput(CloseDto, {
          act: 'attest',
          closureId: id,
          certificate: certificateFrom(typed),
        });
        await this.closures.close(principal, closure.agreementId, dto);
        return { location: `/closures/${id}`, notice: 'The certificate is signed' };
      },
    });
  }

  @Get(':id/verify')
  @SignedIn()
  async askToVerify(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.verifying(principal, id));
  }

  @Post(':id/verify')
  @SignedIn()
  async verify(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.verifying(principal, id);
    await this.confirms.answer(request, response, confirmation, async () => {
      const closure = await this.closures.get(principal, id);
      const dto = await validInput(CloseDto, {
        act: 'verify',
        closureId: id,
        certificateHash: closure.certificateHash,
      });
      await this.closures.close(principal, closure.agreementId, dto);
      return { location: `/closures/${id}`, notice: 'The certificate is verified' };
    });
  }

  private async attesting(
    principal: Principal,
    id: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const { closure, names } = await this.read(principal, id);
    return {
      template: FORM,
      labels: LABELS,
      path: `/closures/${id}/attest`,
      typed,
      model: () => ({
        title: 'Attest what became of the data',
        trail: [...TRAIL, { text: 'This certificate', href: `/closures/${id}` }],
        blocks: [{ kind: 'summary', rows: rowsOf(closure, names) }] satisfies readonly Block[],
        fields: FIELDS,
        action: `/closures/${id}/attest`,
        button: 'Sign the certificate',
      }),
    };
  }

  private async verifying(principal: Principal, id: string): Promise<Confirmation> {
    const { closure, names } = await this.read(principal, id);
    return {
      title: 'Verify this certificate?',
      path: `/closures/${id}/verify`,
      trail: [...TRAIL, { text: 'This certificate', href: `/closures/${id}` }],
      button: 'I have verified it',
      blocks: blocksOf(closure, names),
    };
  }

  private async read(
    principal: Principal,
    id: string,
  ): Promise<{ closure: ClosureDetailView; names: ThingNames }> {
    const closure = await this.closures.get(principal, id);
    const { agreementId, projectId, organisationId, providerId } = closure;
    return {
      closure,
      names: await this.naming.of([agreementId, projectId, organisationId, providerId]),
    };
  }
}

function rowsOf(closure: ClosureDetailView, names: ThingNames) {
  return [
    { key: 'Agreement', value: names.cell(closure.agreementId) },
    { key: 'Project', value: names.cell(closure.projectId) },
    { key: 'Owed by', value: names.cell(closure.organisationId) },
    { key: 'Owed to', value: names.cell(closure.providerId) },
    { key: 'Asked for', value: { instant: closure.openedAt } },
    { key: 'Due by', value: { instant: closure.dueAt } },
    ...(closure.attestedAt === null
      ? []
      : [{ key: 'Attested', value: { instant: closure.attestedAt } }]),
    ...(closure.verifiedAt === null
      ? []
      : [{ key: 'Verified', value: { instant: closure.verifiedAt } }]),
  ];
}

function blocksOf(closure: ClosureDetailView, names: ThingNames): readonly Block[] {
  return [
    { kind: 'summary', rows: rowsOf(closure, names) },
    ...(closure.certificate === null
      ? []
      : [
          {
            kind: 'code',
            id: 'certificate',
            title: 'The certificate, as it was signed',
            text: JSON.stringify(JSON.parse(closure.certificate), null, 2),
          } as const,
        ]),
  ];
}

function certificateFrom(typed: FormFields): object {
  const objects = linesOf(typed, 'certificate.objects').map((line) => {
    const [sha256 = '', ...name] = line.split(/\s+/);
    return { sha256, name: name.join(' ') };
  });
  return {
    objects,
    disposal: textOf(typed, 'certificate.disposal'),
    method: textOf(typed, 'certificate.method') ?? '',
    disposedOn: dayOf(typed, 'certificate.disposedOn') ?? '',
    residualBackups: textOf(typed, 'certificate.residualBackups'),
    residualBackupsEndOn: dayOf(typed, 'certificate.residualBackupsEndOn'),
  };
}
