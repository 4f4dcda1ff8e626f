import type { LiveMembership } from '../../identity/principal.js';
import { stateOn } from './award.rules.js';
import type { AccreditationEntity, PersonEntity, TrainingEntity } from './person.entity.js';

export interface AccreditationView {
  readonly id: string;
  readonly scheme: string;
  readonly number: string;
  readonly awardedOn: string;
  readonly expiresOn: string;
  readonly state: string;
  readonly verifiedBy: string | null;
  readonly supervisorId: string | null;
}

export interface TrainingView {
  readonly id: string;
  readonly course: string;
  readonly awardedOn: string;
  readonly expiresOn: string;
}

export interface Awards {
  readonly accreditations: readonly AccreditationView[];
  readonly trainings: readonly TrainingView[];
}

/** A person as others see them: no account, no e-mail address, and nothing of other organisations. */
export interface PersonView extends Awards {
  readonly id: string;
  readonly pseudonym: string;
  readonly name: string | null;
  readonly status: string;
}

/** The caller as they see themselves. */
export interface MeView extends Awards {
  readonly personId: string;
  readonly pseudonym: string;
  readonly name: string | null;
  /** What the sign-in proved: 2 is two factors, 3 a hardware key. */
  readonly authLevel: number;
  readonly memberships: readonly LiveMembership[];
}

/** @param today a London day: what ended before it has lapsed. */
export function toAccreditationView(row: AccreditationEntity, today: string): AccreditationView {
  const { id, scheme, number, awardedOn, expiresOn, verifiedBy, supervisorId } = row;
  const state = stateOn(row, today);
  return { id, scheme, number, awardedOn, expiresOn, state, verifiedBy, supervisorId };
}

export function toTrainingView(row: TrainingEntity): TrainingView {
  const { id, course, awardedOn, expiresOn } = row;
  return { id, course, awardedOn, expiresOn };
}

export function toPersonView(person: PersonEntity, awards: Awards): PersonView {
  const { id, pseudonym, name, status } = person;
  const { accreditations, trainings } = awards;
  return { id, pseudonym, name, status, accreditations, trainings };
}
