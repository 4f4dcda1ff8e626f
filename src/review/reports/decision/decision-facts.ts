import { rfc3339 } from '../../../platform/database/rfc3339.js';
import { pseudonymOf } from '../names.js';

/** Who decided, as what, and why. People by pseudonym (R5.7). */
export interface DecisionFact {
  readonly decision: 'approved' | 'refused' | 'returned';
  readonly reason: string;
  readonly conditions: object | null;
  readonly decidedBy: {
    readonly pseudonym: string | null;
    readonly position: string;
    readonly role: string;
    /** Policy decided, in the name of the standing decider. */
    readonly isAutomatic: boolean;
  };
  readonly decidedAt: string;
  /** Of the event, whose policy decision the explanation report replays. */
  readonly eventId: string;
}

/** A decision as JSON. @param decider the person's alias, joined from the left. */
export const decisionFactOf = (decision: string, decider: string): string =>
  `jsonb_build_object('decision', ${decision}.decision, 'reason', ${decision}.reason,
    'conditions', ${decision}.conditions, 'decidedBy', jsonb_build_object('pseudonym', ${pseudonymOf(decider)},
      'position', ${decision}.position, 'role', ${decision}.role, 'isAutomatic', ${decision}.is_automatic),
    'decidedAt', ${rfc3339(`${decision}.decided_at`)}, 'eventId', ${decision}.audit_event_id)`;
