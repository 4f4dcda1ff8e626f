import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import type { Block } from '../../platform/web/pages/blocks.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { HandOverDto } from '../hand-over/hand-over.dto.js';
import type { Holding } from '../hand-over/hand-over.types.js';
import { HandOvers, type HandOverView } from '../hand-over/hand-overs.service.js';
import { MembershipsService } from '../memberships/memberships.service.js';
import { OrganisationForms } from './organisation-forms.service.js';
import { MEMBERS_SHOWN, memberChoices } from './role-choices.js';

const LABELS = { successorId: 'Who takes over' };
const KINDS: Readonly<Record<Holding['kind'], string>> = {
  service_account: 'Answers for the program',
  project_lead: 'Leads the project',
  agreement_signatory: 'Signs for the agreement',
  agreement_dpo: 'Data protection officer of the agreement',
  standing_decider: 'Decides requests under the agreement',
  grant: 'Grant',
};
const OBSTACLES: Readonly<Record<NonNullable<Holding['obstacle']>, string>> = {
  successor_lacks_role: 'Stays: they do not have the role that it takes',
  successor_not_in_project: 'Stays: they do not work in the project',
  needs_amendment: 'Stays: signed terms name the person; amend the agreement',
  draft_names_them: 'Stays: a draft names the person; put in another there',
  personal: 'Ends with the membership: it is theirs alone',
};

/** What a member holds goes to another, before they go. */
@ApiExcludeController()
@Controller('organisations/:id/members/:membershipId/hand-over')
export class HandOverPages {
  constructor(
    private readonly handOvers: HandOvers,
    private readonly memberships: MembershipsService,
    private readonly pages: OrganisationForms,
    private readonly forms: PageForms,
  ) {}

  @Get()
  @SignedIn()
  async ask(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.asking(principal, id, membershipId, {}));
  }

  /** The first button shows what would pass to whom was chosen; the second does it. */
  @Post()
  @SignedIn()
  async handOver(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const form = await this.asking(principal, id, membershipId, typed);
    await this.forms.answer(request, response, {
      ...form,
      act: async () => {
        const successorId = textOf(typed, 'successorId') ?? '';
        await validInput(HandOverDto, { successorId });
        if (textOf(typed, 'step') === 'look') {
          const plan = await this.handOvers.preview(principal, membershipId, successorId);
          const seen = await this.asking(principal, id, membershipId, typed, plan);
          const { template, labels } = seen;
          return {
            template,
            model: { ...(await seen.model()), labels, typed, errors: [], errorOf: {} },
          };
        }
        const { passes } = await this.handOvers.handOver(principal, membershipId, successorId);
        const notice = `${String(passes.length)} handed over`;
        return { location: `/organisations/${id}/members/${membershipId}`, notice };
      },
    });
  }

  private async asking(
    principal: Principal,
    organisationId: string,
    membershipId: string,
    typed: FormFields,
    plan?: HandOverView,
  ): Promise<Omit<PageForm, 'act'>> {
    const holder = await this.memberships.get(principal, organisationId, membershipId);
    const held = plan ?? (await this.handOvers.preview(principal, membershipId, undefined));
    const members = await this.memberships.list(principal, organisationId, null, MEMBERS_SHOWN);
    const others = members.filter(({ id }) => id !== membershipId);
    const form = await this.pages.form(principal, {
      organisationId,
      operation: 'membership:hand_over',
      personId: holder.personId,
      end: `members/${membershipId}/hand-over`,
      title: `Hand over what ${holder.name ?? holder.pseudonym} holds`,
      button: 'Hand it over',
      labels: LABELS,
      typed,
      fields: [{ type: 'select', name: 'successorId', items: memberChoices(others) }],
    });
    const look = { name: 'step', value: 'look', text: 'See what would pass' };
    return {
      ...form,
      model: async () => ({
        ...(await form.model()),
        blocks: [holdings(held, plan !== undefined)],
        others: [look],
      }),
    };
  }
}

/** @param isPlanned somebody is chosen: what stands in the way is known. */
function holdings({ passes, stays }: HandOverView, isPlanned: boolean): Block {
  return {
    kind: 'table',
    id: 'holdings',
    title: 'What they hold',
    columns: [{ text: 'What' }, { text: 'Which' }, { text: 'What becomes of it' }],
    rows: [...passes, ...stays].map(({ kind, label, obstacle }) => [
      { text: KINDS[kind] },
      { text: label },
      { text: obstacle === null ? passing(isPlanned) : OBSTACLES[obstacle] },
    ]),
    empty: 'Nothing: nobody has to take anything over.',
  };
}

function passing(isPlanned: boolean): string {
  return isPlanned ? 'Passes to them' : 'May pass to a member with the roles that it takes';
}
