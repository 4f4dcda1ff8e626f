import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { checkAward, usualExpiry } from './award.rules.js';
import { AwardVocabularies } from './award-vocabularies.js';
import { AwardsRepository } from './awards.repository.js';
import { aboutAward, PersonChanges, type OpenedPerson } from './person-changes.js';
import type { TrainingDto } from './person.dto.js';
import { toTrainingView, type TrainingView } from './person.view.js';

/** Recorded by the organisation's data_owner or a platform_admin, never by the person. */
@Injectable()
export class Trainings {
  // eslint-disable-next-line max-params -- what a slice needs, the vocabularies and a port
  constructor(
    private readonly database: Database,
    private readonly awards: AwardsRepository,
    private readonly changes: PersonChanges,
    private readonly vocabularies: AwardVocabularies,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  async record(
    principal: Principal,
    personId: string,
    dto: TrainingDto,
    key?: string,
  ): Promise<TrainingView> {
    const route = `POST people/${personId}/trainings`;
    const call = { principalId: principal.personId, route, key, body: { ...dto } };
    const id = await this.changes.changeOfAnother(
      principal,
      personId,
      'person:record_training',
      (tx, opened) =>
        this.idempotency.once(tx, call, () => this.insert(tx, principal, opened, dto)),
    );
    const row = await this.awards.findTraining(this.database.manager, id);
    if (!row) {
      throw new ConcordatError('not_found');
    }
    return toTrainingView(row);
  }

  private async insert(
    tx: Tx,
    principal: Principal,
    opened: OpenedPerson,
    { course, awardedOn, ...dto }: TrainingDto,
  ): Promise<string> {
    const vocabulary = this.vocabularies.training;
    const expiresOn = dto.expiresOn ?? usualExpiry(vocabulary, course, awardedOn);
    checkAward(vocabulary, { code: course, awardedOn, expiresOn }, opened.today, 'course');
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'training.recorded', {
      ...aboutAward(principal, opened, { type: 'training', id }),
      changedPaths: [`/trainings/${course}`],
    });
    const personId = opened.person.id;
    await this.awards.insertTraining(tx, {
      id,
      personId,
      course,
      awardedOn,
      expiresOn,
      lapsedAt: null,
      auditEventId,
    });
    return id;
  }
}
