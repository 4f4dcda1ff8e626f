import type { Columns } from '../../exports/formats/table.js';
import type { ExpiryView } from './expiry.view.js';

export const EXPIRY_COLUMNS: Columns<ExpiryView> = {
  dueOn: ({ dueOn }) => dueOn,
  daysLeft: ({ daysLeft }) => daysLeft,
  isLate: ({ isLate }) => isLate,
  kind: ({ kind }) => kind,
  cause: ({ cause }) => cause,
  about: ({ about }) => about,
  subjectType: ({ subject }) => subject.type,
  subjectId: ({ subject }) => subject.id,
  organisationIds: ({ organisations }) => organisations.map(({ id }) => id),
  organisations: ({ organisations }) => organisations.map(({ name }) => name),
  accountableOrganisationIds: ({ accountable }) => accountable.organisationIds,
  accountableRoles: ({ accountable }) => accountable.roles,
  people: ({ people }) => people,
};
