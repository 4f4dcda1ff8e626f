import { Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { FORM, type Field, type PageLink } from '../../platform/web/pages/blocks.js';
import type { Confirmation } from '../../platform/web/pages/confirm-pages.js';
import type { FormLabels } from '../../platform/web/pages/form-failure.js';
import type { FormFields } from '../../platform/web/pages/form-input.js';
import type { Done, PageForm } from '../../platform/web/pages/page-forms.js';
import { ThingNaming } from '../naming/thing-names.service.js';

/** A page below an organisation's members, for whoever may do something to them. */
interface MemberPage {
  readonly organisationId: string;
  readonly operation: Operation;
  /** Whose it is, where it is somebody's own. */
  readonly personId?: string;
  /** The path below the organisation's. */
  readonly end: string;
  readonly title: string;
  readonly button: string;
}

interface MemberForm extends MemberPage {
  readonly labels: FormLabels;
  readonly typed: FormFields;
  readonly fields: readonly Field[];
}

interface MemberQuestion extends MemberPage {
  readonly text: string;
  /** It ends nothing: nobody is asked why. */
  readonly isHarmless?: boolean;
}

/** The forms and questions about an organisation's people. Who may not act there learns nothing, not even a name. */
@Injectable()
export class OrganisationForms {
  constructor(
    private readonly authorisation: Authorisation,
    private readonly naming: ThingNaming,
  ) {}

  /** @throws ConcordatError `not_found` to outsiders, `operation_denied` to members who may not. */
  async form(principal: Principal, form: MemberForm): Promise<Omit<PageForm, 'act'>> {
    const trail = await this.trail(principal, form);
    const { organisationId, end, title, button, labels, typed, fields } = form;
    const path = `/organisations/${organisationId}/${end}`;
    const model = () => ({ title, trail, fields, action: path, button });
    return { template: FORM, labels, path, typed, model };
  }

  /** A question that wants a reason, unless it is harmless. @throws ConcordatError as `form`. */
  async question(principal: Principal, question: MemberQuestion): Promise<Confirmation> {
    const { organisationId, end, title, button, text, isHarmless = false } = question;
    return {
      title,
      path: `/organisations/${organisationId}/${end}`,
      trail: await this.trail(principal, question),
      button,
      isWarning: !isHarmless,
      needsReason: !isHarmless,
      blocks: [{ kind: isHarmless ? 'text' : 'warning', text }],
    };
  }

  private async trail(
    principal: Principal,
    { organisationId, operation, personId }: MemberPage,
  ): Promise<readonly PageLink[]> {
    const own = personId === undefined ? {} : { personId };
    const resource = { organisationIds: [organisationId], ...own };
    this.authorisation.require(principal, operation, resource);
    const names = await this.naming.of([organisationId]);
    return [
      ...organisationTrail(organisationId, names.of(organisationId)),
      membersLink(organisationId),
    ];
  }
}

export function organisationTrail(id: string, name: string): readonly PageLink[] {
  return [
    { text: 'Home', href: '/' },
    { text: name, href: `/organisations/${id}` },
  ];
}

export function membersLink(id: string): PageLink {
  return { text: 'Members', href: `/organisations/${id}/members` };
}

export function doneWithMembers(id: string, notice: string): Done {
  return { location: `/organisations/${id}/members`, notice };
}
