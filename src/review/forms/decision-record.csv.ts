import type { CsvRow } from '../../platform/web/csv/csv.rules.js';
import type { DecisionRecord, LawInWords } from './decision-record.types.js';

type Cell = (record: DecisionRecord) => CsvRow[number];

const each = <T>(items: readonly T[], say: (item: T) => string): string =>
  items.map(say).filter(Boolean).join('; ');
const law = (say: (one: LawInWords) => readonly string[]): Cell => {
  return ({ law: both }) =>
    each(both, (one) => {
      const words = say(one);
      return words.length > 0 ? `${one.organisation}: ${words.join(', ')}` : '';
    });
};
const some = (...parts: readonly (string | null)[]): string => parts.filter(Boolean).join('; ');

/** The columns of Annex B, with what fills each. */
const COLUMNS: readonly (readonly [string, Cell])[] = [
  ['Reference', ({ reference }) => reference],
  ['Organisation receiving the request', (record) => record.receivingOrganisation],
  ['Organisation requesting data', (record) => record.requestingOrganisation],
  ['Name of the person requesting', ({ requester }) => requester.name],
  ['Position of the person requesting', ({ requester }) => requester.position],
  ['Date request received', ({ receivedOn }) => receivedOn],
  [
    'Data requested',
    ({ data }) =>
      some(
        data.title,
        data.dataClass,
        data.subjects,
        data.source,
        data.period,
        data.fields.join(', '),
      ),
  ],
  [
    'Controller relationship',
    (record) =>
      each(record.controllerRelationship, (one) =>
        some(`${one.organisation}: ${one.dataRole}, ${one.controllerRole}`, one.jointArrangement),
      ),
  ],
  [
    'Data sharing agreement in place',
    ({ agreement }) =>
      `${agreement.reference} version ${String(agreement.version)}, ${agreement.status}`,
  ],
  ['Purpose', ({ purpose }) => some(purpose.label, purpose.objective)],
  ['Lawful basis', law(({ lawfulBasis }) => lawfulBasis)],
  ['Why the sharing is necessary', ({ necessity }) => some(necessity.request, necessity.agreement)],
  [
    'Special category and criminal offence conditions',
    law(({ specialCategory, schedule1 }) => [...specialCategory, ...schedule1]),
  ],
  ['Part 3 conditions', law(({ part3 }) => (part3 === null ? [] : [part3]))],
  ['Legal power to share', law(({ powers }) => powers)],
  [
    'DPIA and its outcome',
    ({ dpia }) => some(dpia.status, dpia.reason, dpia.priorConsultation, dpia.reviewOn),
  ],
  [
    'Views of the data protection officer',
    ({ dpoViews }) =>
      some(
        dpoViews.onDpia,
        each(dpoViews.reviews, (one) =>
          some(`${one.organisation}: ${one.decision} on ${one.reviewedAt}`, one.reason),
        ),
      ),
  ],
  [
    'Retention and deletion',
    ({ retention }) =>
      `${retention.period}, then ${retention.disposal} within ${String(retention.disposalDays)} days`,
  ],
  ['Security', ({ security }) => some(security.measures, security.setting, security.minAuth)],
  [
    'Individuals’ rights',
    ({ rights }) =>
      some(rights.accessRequestContact, rights.complaintsContact, rights.privacyNotices.join(', ')),
  ],
  [
    'Dates of sharing',
    ({ sharing }) => some(sharing.frequency, sharing.firstGrantOn, `until ${sharing.untilOn}`),
  ],
  ['Decision', ({ decision }) => decision?.outcome ?? null],
  [
    'Conditions',
    ({ decision }) => (decision?.conditions ? JSON.stringify(decision.conditions) : null),
  ],
  ['Reasons', ({ decision }) => decision?.reasons ?? null],
  ['Name of the decider', ({ decision }) => decision?.decidedBy.name ?? null],
  ['Position of the decider', ({ decision }) => decision?.decidedBy.position ?? null],
  ['Signed (audit event)', ({ decision }) => decision?.signedByEventId ?? null],
  ['Dated', ({ decision }) => decision?.decidedOn ?? null],
];

export const DECISION_RECORD_COLUMNS = COLUMNS.map(([name]) => name);

/** A decision record as one row of a table. */
export function toDecisionRow(record: DecisionRecord): CsvRow {
  return COLUMNS.map(([, cell]) => cell(record));
}
