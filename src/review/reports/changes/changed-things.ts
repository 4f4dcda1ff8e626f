import { NOBODY, SEED_BYTES } from '../../../audit/event-preparation.js';

/** How the events that changed a thing are found. `?` is its id. */
interface ChangedThing {
  /** What their types begin with, as SQL: as an index has it, where there is one. */
  readonly types: string;
  readonly is: string;
}

const prefix = (...names: readonly string[]): string =>
  `split_part(e.type, '.', 1) IN (${names.map((name) => `'${name}'`).join(', ')})`;

const target = (type: string, ...prefixes: readonly string[]): ChangedThing => ({
  types: prefix(...(prefixes.length > 0 ? prefixes : [type])),
  is: `e.target_type = '${type}' AND e.target_id = ?::text`,
});

/** With the index of the same condition: an agreement has more deliveries than anybody counts, and few changes. */
const OF_AGREEMENT = prefix('agreement', 'party', 'notice');

// As it is written in the payload, which the columns do not repeat.
const NAMES_PARTY = `EXISTS (SELECT FROM audit_payload y WHERE y.event_id = e.id AND y.subject_id = '${NOBODY}'
  AND position('["partyId","' || ?::text || '"]' IN convert_from(substr(y.body, ${String(SEED_BYTES + 1)}), 'UTF8')) > 0)`;

const THINGS = {
  agreement: { types: OF_AGREEMENT, is: 'e.agreement_id = ?::uuid' },
  party: {
    types: OF_AGREEMENT,
    is: `e.agreement_id = (SELECT p.agreement_id FROM agreement_party p WHERE p.id = ?::uuid) AND ${NAMES_PARTY}`,
  },
  access_request: { types: prefix('request'), is: 'e.access_request_id = ?::uuid' },
  project: target('project'),
  dataset: target('dataset'),
  store: target('store'),
  organisation: target('organisation'),
  organisation_check: target('organisation_check', 'organisation'),
  membership: target('membership'),
  person: target('person', 'person', 'subject'),
  accreditation: target('accreditation'),
  training: target('training'),
  closure: target('closure'),
} as const satisfies Readonly<Record<string, ChangedThing>>;

/** What somebody can have changed. */
export type ChangedType = keyof typeof THINGS;
export const CHANGED_TYPES = Object.keys(THINGS) as readonly ChangedType[];
export const CHANGED_THINGS: Readonly<Record<ChangedType, ChangedThing>> = THINGS;
