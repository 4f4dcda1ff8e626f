import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AgreementActs } from '../../agreements/agreement-acts.service.js';
import type { AgreementView } from '../../agreements/agreement.view.js';
import { AgreementsService } from '../../agreements/agreements.service.js';
import { PartiesService } from '../../agreements/parties/parties.service.js';
import { EndingBlocks } from '../../grants/impact/ending-blocks.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { PAGE, type Block } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import type { Done } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { AgreementImpact, type AgreementImpactView } from './agreement-impact.service.js';

const FIRST_PAGE = 100;
const SECOND = 'A second person has to approve it before it happens.';

interface Stop {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly isWarning?: boolean;
  /** It ends what is under the agreement. */
  readonly ends?: boolean;
  /** It may be done at once, where it cannot wait. */
  readonly mayBeUrgent?: boolean;
}

const URGENT = {
  name: 'urgent',
  label: 'How soon',
  text: 'At once, without notice: the reason says why it cannot wait',
} as const;

const STOPS: Readonly<Record<string, Stop>> = {
  suspend: {
    title: 'Suspend',
    text: 'Every grant under it stops at once. It can be resumed by two people.',
    button: 'Suspend it',
    isWarning: true,
    ends: true,
  },
  resume: { title: 'Resume', text: SECOND, button: 'Propose to resume it' },
  terminate: {
    title: 'Terminate',
    text: `It ends after notice to the other parties. ${SECOND}`,
    button: 'Propose to terminate it',
    isWarning: true,
    ends: true,
    mayBeUrgent: true,
  },
  abandon: {
    title: 'Give up the draft of',
    text: 'The version that is being prepared ends. What is in force stays in force.',
    button: 'Give it up',
    isWarning: true,
  },
};

const PARTY_STOPS: Readonly<Record<string, Stop>> = {
  suspend: {
    title: 'Suspend the place of',
    text: 'Its people’s grants under this agreement stop at once.',
    button: 'Suspend it',
    isWarning: true,
  },
  resume: { title: 'Resume the place of', text: SECOND, button: 'Propose to resume it' },
  withdraw: {
    title: 'Withdraw',
    text: 'It leaves after notice to the other parties.',
    button: 'Give notice',
    isWarning: true,
  },
  exclude: {
    title: 'Exclude',
    text: `It has to leave, after notice. ${SECOND}`,
    button: 'Propose to exclude it',
    isWarning: true,
    mayBeUrgent: true,
  },
};

/** Who has access under an agreement now, and every way in which it stops, each with what falls. */
@ApiExcludeController()
@Controller('agreements/:id')
export class AgreementStopPages {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly acts: AgreementActs,
    private readonly parties: PartiesService,
    private readonly impact: AgreementImpact,
    private readonly endings: EndingBlocks,
    private readonly naming: ThingNaming,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
  ) {}

  @Get('access')
  @SignedIn()
  async access(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.get(principal, id);
    this.views.render(response, PAGE, {
      title: `Who has access under ${agreement.reference}`,
      trail: trailOf(agreement),
      blocks: await this.falls(principal, agreement),
    });
  }

  @Get('parties/:partyId')
  @SignedIn()
  async party(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('partyId', IdParam) partyId: string,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.get(principal, id);
    const name = await this.partyName(agreement, partyId);
    const path = `/agreements/${id}/parties/${partyId}`;
    this.views.render(response, PAGE, {
      title: `${name} in ${agreement.reference}`,
      trail: trailOf(agreement),
      blocks: [
        { kind: 'text', text: 'What may happen to its place. Each is asked about once more.' },
        {
          kind: 'actions',
          links: Object.entries(PARTY_STOPS).map(([act, { title }]) => ({
            text: `${title} ${name}`,
            href: `${path}/${act}`,
            kind: 'secondary',
          })),
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('parties/:partyId/:act')
  @SignedIn()
  async askAboutParty(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('partyId', IdParam) partyId: string,
    @Param('act') act: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.partyStop(principal, id, partyId, act));
  }

  @Post('parties/:partyId/:act')
  @SignedIn()
  async stopParty(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('partyId', IdParam) partyId: string,
    @Param('act') act: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.partyStop(principal, id, partyId, act);
    await this.confirms.answer(request, response, confirmation, async (reason, urgent) => {
      switch (act) {
        case 'suspend':
          await this.parties.suspend(principal, id, partyId, reason);
          return doneOn(id, 'Its place is suspended');
        case 'resume':
          return proposedOn(id, await this.parties.resume(principal, id, partyId, reason));
        case 'withdraw':
          await this.parties.withdraw(principal, id, partyId, reason);
          return doneOn(id, 'Notice is given');
        default:
          return proposedOn(
            id,
            await this.parties.exclude(principal, id, partyId, { reason, urgent }),
          );
      }
    });
  }

  @Get('notices/:noticeId/take-back')
  @SignedIn()
  async askToTakeBack(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('noticeId', IdParam) noticeId: string,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.get(principal, id);
    await this.confirms.show(response, takingBack(agreement, noticeId));
  }

  @Post('notices/:noticeId/take-back')
  @SignedIn()
  async takeBack(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('noticeId', IdParam) noticeId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = takingBack(await this.agreements.get(principal, id), noticeId);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.parties.takeBack(principal, id, noticeId, reason);
      return doneOn(id, 'The notice is taken back');
    });
  }

  @Get(['suspend', 'resume', 'terminate', 'abandon'])
  @SignedIn()
  async ask(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() { path }: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.stop(principal, id, actIn(path)));
  }

  @Post(['suspend', 'resume', 'terminate', 'abandon'])
  @SignedIn()
  async do(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const act = actIn(request.path);
    const confirmation = await this.stop(principal, id, act);
    await this.confirms.answer(request, response, confirmation, async (reason, urgent) => {
      switch (act) {
        case 'suspend':
          await this.acts.suspend(principal, id, reason);
          return doneOn(id, 'It is suspended');
        case 'resume':
          return proposedOn(id, await this.acts.resume(principal, id, reason));
        case 'terminate':
          return proposedOn(id, await this.acts.terminate(principal, id, { reason, urgent }));
        default:
          return this.giveUp(principal, id, reason);
      }
    });
  }

  private async giveUp(principal: Principal, id: string, reason: string): Promise<Done> {
    const { version } = await this.agreements.getOpen(principal, id);
    await this.acts.terminate(principal, id, { reason, version });
    return doneOn(id, 'The draft is given up');
  }

  private async stop(principal: Principal, id: string, act: string): Promise<Confirmation> {
    const stop = STOPS[act];
    if (!stop) {
      throw new ConcordatError('not_found');
    }
    const agreement = await this.agreements.get(principal, id);
    const falls = stop.ends === true ? await this.falls(principal, agreement) : [];
    return {
      title: `${stop.title} ${agreement.reference}?`,
      path: `/agreements/${id}/${act}`,
      trail: trailOf(agreement),
      button: stop.button,
      isWarning: stop.isWarning === true,
      needsReason: true,
      ...(stop.mayBeUrgent === true && { option: URGENT }),
      blocks: [{ kind: stop.isWarning === true ? 'warning' : 'text', text: stop.text }, ...falls],
    };
  }

  private async partyStop(
    principal: Principal,
    id: string,
    partyId: string,
    act: string,
  ): Promise<Confirmation> {
    const stop = PARTY_STOPS[act];
    if (!stop) {
      throw new ConcordatError('not_found');
    }
    const agreement = await this.agreements.get(principal, id);
    const name = await this.partyName(agreement, partyId);
    const question = { type: 'party', id: partyId, part: null } as const;
    const falls = stop.isWarning === true ? await this.endings.of(principal, question) : [];
    return {
      title: `${stop.title} ${name}?`,
      path: `/agreements/${id}/parties/${partyId}/${act}`,
      trail: trailOf(agreement),
      button: stop.button,
      isWarning: stop.isWarning === true,
      needsReason: true,
      ...(stop.mayBeUrgent === true && { option: URGENT }),
      blocks: [{ kind: stop.isWarning === true ? 'warning' : 'text', text: stop.text }, ...falls],
    };
  }

  private async partyName({ parties }: AgreementView, partyId: string): Promise<string> {
    const party = parties.find(({ id }) => id === partyId);
    if (!party) {
      throw new ConcordatError('not_found');
    }
    return (await this.naming.of([party.organisationId])).of(party.organisationId);
  }

  /** What is under it now, for whoever may ask; the act itself judges those who may not. */
  private async falls(principal: Principal, agreement: AgreementView): Promise<readonly Block[]> {
    try {
      const { view } = await this.impact.of(principal, { id: agreement.id }, null, FIRST_PAGE);
      return [await this.fallsTable(view)];
    } catch (error) {
      if (isConcordatError(error) && (error.status === 403 || error.status === 404)) {
        return [];
      }
      throw error;
    }
  }

  private async fallsTable({ affected, isComplete }: AgreementImpactView): Promise<Block> {
    const names = await this.naming.of(
      affected.flatMap(({ organisationId, datasetId }) => [organisationId, datasetId]),
    );
    return {
      kind: 'table',
      id: 'falls',
      title: isComplete
        ? `Who has access now, and loses it if this ends: ${String(affected.length)}`
        : `Who has access now, and loses it if this ends: the first ${String(affected.length)}`,
      columns: [{ text: 'What' }, { text: 'Whose' }, { text: 'Organisation' }, { text: 'Dataset' }],
      rows: affected.map(({ kind, id, pseudonym, organisationId, datasetId }) => [
        kind === 'grant'
          ? { text: 'Grant', href: `/grants/${id}` }
          : { text: kind.replaceAll('_', ' ') },
        { text: pseudonym ?? '' },
        names.cell(organisationId),
        names.cell(datasetId),
      ]),
      empty: 'Nobody has access under it now.',
    };
  }
}

/** The act is the end of the path: each has a route of its own. */
function actIn(path: string): string {
  return path.replace(/\/$/, '').split('/').at(-1) ?? '';
}

function trailOf({ id, reference }: AgreementView) {
  return [
    { text: 'Home', href: '/' },
    { text: 'Agreements', href: '/agreements' },
    { text: reference, href: `/agreements/${id}` },
  ];
}

function takingBack(agreement: AgreementView, noticeId: string): Confirmation {
  return {
    title: 'Take this notice back?',
    path: `/agreements/${agreement.id}/notices/${noticeId}/take-back`,
    trail: trailOf(agreement),
    button: 'Take it back',
    needsReason: true,
    blocks: [{ kind: 'text', text: 'Everything stays as it is.' }],
  };
}

function doneOn(id: string, notice: string): Done {
  return { location: `/agreements/${id}`, notice };
}

function proposedOn(id: string, answer: object): Done {
  return 'approvalId' in answer ? doneOn(id, SECOND) : doneOn(id, 'It is done');
}
