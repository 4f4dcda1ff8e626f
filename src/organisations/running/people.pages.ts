import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { capitalised } from '../../kernel/capitalised.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM, PAGE, type Block, type Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { dayOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { Accreditations } from '../people/accreditations.service.js';
import { AccreditationDto, TrainingDto } from '../people/person.dto.js';
import { PeopleService } from '../people/people.service.js';
import { Trainings } from '../people/trainings.service.js';

const LABELS = {
  scheme: 'Scheme',
  number: 'Number',
  course: 'Course',
  awardedOn: 'Awarded on',
  expiresOn: 'Expires on',
  supervisorId: 'Id of the supervisor (only of a provisional one)',
};
const ACCREDITATION_FIELDS: readonly Field[] = [
  { type: 'text', name: 'scheme', hint: 'A code of the vocabulary, such as dea_full' },
  { type: 'text', name: 'number' },
  { type: 'day', name: 'awardedOn' },
  { type: 'day', name: 'expiresOn' },
  { type: 'text', name: 'supervisorId' },
];
const TRAINING_FIELDS: readonly Field[] = [
  {
    type: 'text',
    name: 'course',
    hint: 'A code of the vocabulary, such as safe_researcher_training',
  },
  { type: 'day', name: 'awardedOn' },
  { type: 'day', name: 'expiresOn', hint: 'As long as the course counts when you leave it out' },
];

/** A person, for those who answer for them. */
@ApiExcludeController()
@Controller('people/:id')
export class PeoplePages {
  constructor(
    private readonly people: PeopleService,
    private readonly accreditations: Accreditations,
    private readonly trainings: Trainings,
    private readonly authorisation: Authorisation,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
  ) {}

  @Get()
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const person = await this.people.get(principal, id);
    const organisationIds = principal.memberships.map(({ organisationId }) => organisationId);
    const may = (operation: Operation): boolean =>
      this.authorisation.allows(principal, operation, { organisationIds });
    const path = `/people/${id}`;
    this.views.render(response, PAGE, {
      title: person.name ?? person.pseudonym,
      trail: [{ text: 'Home', href: '/' }],
      blocks: [
        {
          kind: 'actions',
          links: [
            ...(may('person:accredit')
              ? [
                  {
                    text: 'Record an accreditation',
                    href: `${path}/accreditations/new`,
                    kind: 'secondary',
                  } as const,
                ]
              : []),
            ...(may('person:record_training')
              ? [
                  {
                    text: 'Record a training',
                    href: `${path}/trainings/new`,
                    kind: 'secondary',
                  } as const,
                ]
              : []),
            ...(may('person:suspend')
              ? [
                  person.status === 'active'
                    ? ({ text: 'Suspend', href: `${path}/suspend`, kind: 'warning' } as const)
                    : { text: 'Resume', href: `${path}/resume` },
                ]
              : []),
          ],
        },
        {
          kind: 'summary',
          rows: [
            { key: 'Known to others as', value: { text: person.pseudonym } },
            {
              key: 'Status',
              value: { text: capitalised(person.status) },
            },
            { key: 'Id', value: { text: person.id } },
          ],
        },
        {
          kind: 'table',
          id: 'accreditations',
          title: 'Accreditations',
          columns: [
            { text: 'Scheme' },
            { text: 'Number' },
            { text: 'Expires' },
            { text: 'State' },
            { text: 'Change' },
          ],
          rows: person.accreditations.map((one) => [
            { text: one.scheme },
            { text: one.number },
            { day: one.expiresOn },
            { text: capitalised(one.state) },
            one.state === 'recorded' && may('person:verify_accreditation')
              ? { text: `Verify ${one.scheme}`, href: `${path}/accreditations/${one.id}/verify` }
              : one.state === 'verified' && may('person:accredit')
                ? {
                    text: `Withdraw ${one.scheme}`,
                    href: `${path}/accreditations/${one.id}/withdraw`,
                  }
                : { text: '' },
          ]),
          empty: 'None is on record.',
        },
        {
          kind: 'table',
          id: 'trainings',
          title: 'Trainings',
          columns: [{ text: 'Course' }, { text: 'Awarded' }, { text: 'Expires' }],
          rows: person.trainings.map((one) => [
            { text: one.course },
            { day: one.awardedOn },
            { day: one.expiresOn },
          ]),
          empty: 'None is on record.',
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('accreditations/new')
  @SignedIn()
  async askForAccreditation(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.accrediting(principal, id, {}));
  }

  @Post('accreditations/new')
  @SignedIn()
  async recordAccreditation(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.accrediting(principal, id, typed)),
      act: async () => {
        const dto = await validInput(AccreditationDto, {
          scheme: textOf(typed, 'scheme') ?? '',
          number: textOf(typed, 'number') ?? '',
          awardedOn: dayOf(typed, 'awardedOn') ?? '',
          expiresOn: dayOf(typed, 'expiresOn') ?? '',
          supervisorId: textOf(typed, 'supervisorId'),
        });
        await this.accreditations.record(principal, id, dto, submissionKey(typed));
        return { location: `/people/${id}`, notice: 'The accreditation is recorded' };
      },
    });
  }

  @Get('trainings/new')
  @SignedIn()
  async askForTraining(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.training(principal, id, {}));
  }

  @Post('trainings/new')
  @SignedIn()
  async recordTraining(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.training(principal, id, typed)),
      act: async () => {
        const dto = await validInput(TrainingDto, {
          course: textOf(typed, 'course') ?? '',
          awardedOn: dayOf(typed, 'awardedOn') ?? '',
          expiresOn: dayOf(typed, 'expiresOn'),
        });
        await this.trainings.record(principal, id, dto, submissionKey(typed));
        return { location: `/people/${id}`, notice: 'The training is recorded' };
      },
    });
  }

  @Get(['accreditations/:accreditationId/verify', 'accreditations/:accreditationId/withdraw'])
  @SignedIn()
  async askAboutAccreditation(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('accreditationId', IdParam) accreditationId: string,
    @Req() { path }: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.people.get(principal, id);
    await this.confirms.show(response, changing(id, accreditationId, isVerifying(path)));
  }

  @Post(['accreditations/:accreditationId/verify', 'accreditations/:accreditationId/withdraw'])
  @SignedIn()
  async changeAccreditation(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('accreditationId', IdParam) accreditationId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const isVerified = isVerifying(request.path);
    const confirmation = changing(id, accreditationId, isVerified);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await (isVerified
        ? this.accreditations.verify(principal, id, accreditationId)
        : this.accreditations.withdraw(principal, id, accreditationId, reason));
      const notice = `The accreditation is ${isVerified ? 'verified' : 'withdrawn'}`;
      return { location: `/people/${id}`, notice };
    });
  }

  private accrediting(principal: Principal, id: string, typed: FormFields) {
    return this.form(principal, id, {
      end: 'accreditations/new',
      title: 'Record an accreditation',
      typed,
      fields: ACCREDITATION_FIELDS,
    });
  }

  private training(principal: Principal, id: string, typed: FormFields) {
    return this.form(principal, id, {
      end: 'trainings/new',
      title: 'Record a training',
      typed,
      fields: TRAINING_FIELDS,
    });
  }

  private async form(
    principal: Principal,
    id: string,
    form: {
      readonly end: string;
      readonly title: string;
      readonly typed: FormFields;
      readonly fields: readonly Field[];
    },
  ): Promise<Omit<PageForm, 'act'>> {
    const person = await this.people.get(principal, id);
    const path = `/people/${id}/${form.end}`;
    return {
      template: FORM,
      labels: LABELS,
      path,
      typed: form.typed,
      model: () => ({
        title: form.title,
        trail: [
          { text: 'Home', href: '/' },
          { text: person.name ?? person.pseudonym, href: `/people/${id}` },
        ],
        fields: form.fields,
        action: path,
        button: 'Record it',
      }),
    };
  }
}

function isVerifying(path: string): boolean {
  return path.replace(/\/$/, '').endsWith('/verify');
}

function changing(id: string, accreditationId: string, isVerified: boolean): Confirmation {
  const act = isVerified ? 'verify' : 'withdraw';
  return {
    title: isVerified ? 'Verify this accreditation?' : 'Withdraw this accreditation?',
    path: `/people/${id}/accreditations/${accreditationId}/${act}`,
    trail: [
      { text: 'Home', href: '/' },
      { text: 'The person', href: `/people/${id}` },
    ],
    button: isVerified ? 'Verify it' : 'Withdraw it',
    isWarning: !isVerified,
    needsReason: !isVerified,
    blocks: [
      {
        kind: 'text',
        text: isVerified
          ? 'You have seen it at whoever awarded it. It counts from now on.'
          : 'What rests on it ends at once.',
      },
    ],
  };
}
