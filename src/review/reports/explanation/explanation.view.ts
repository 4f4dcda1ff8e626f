import type { DecisionOfEvent } from '../../../analysis/explain/decisions-of-events.service.js';
import { readPayload } from '../../../audit/payload.js';
import { isUuid } from '../../../kernel/ids.js';
import type { Reader } from '../reports.service.js';
import type { DecidedEventRow } from './explanation.repository.js';

/** Why policy said yes or no, and whether it says so again. People by pseudonym (R5.7). */
export type ExplanationReportView = Pick<
  DecidedEventRow,
  'requesting' | 'provider' | 'dataset' | 'agreement'
> &
  DecisionOfEvent['explanation'] & {
    readonly event: { readonly id: string; readonly type: string; readonly occurredAt: string };
    /** Whose request was decided. */
    readonly person: string;
  };

/** The decision that the event rests on, where it rests on one. */
export function decisionIdOf({ decisionId, body }: DecidedEventRow): string | undefined {
  const named = body === null ? undefined : new Map(readPayload(body).fields).get('decisionId');
  return decisionId ?? (typeof named === 'string' && isUuid(named) ? named : undefined);
}

/** R5.8: what is known of a person is for officers where they work, a dataset's own rules for officers of its owner. */
export function sightOf({ requesting, provider }: DecidedEventRow, { sees }: Reader) {
  const isOf = (organisation: typeof requesting): boolean =>
    sees === null || (organisation !== null && sees.includes(organisation.id));
  return { seesPerson: isOf(requesting), isOwner: isOf(provider) };
}

export function toExplanationView(
  row: DecidedEventRow,
  { personId, explanation }: DecisionOfEvent,
): ExplanationReportView {
  const { id, type, occurredAt, requesting, provider, dataset, agreement } = row;
  return {
    event: { id, type, occurredAt: occurredAt.toISOString() },
    person: personId,
    requesting,
    provider,
    dataset,
    agreement,
    ...explanation,
  };
}
