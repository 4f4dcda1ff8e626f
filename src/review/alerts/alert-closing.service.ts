import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actorFields } from '../../identity/actor.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { Offices, type Office } from '../offices.service.js';
import type { SearchSource } from '../trail-reading.service.js';
import { AlertsRepository, type AlertRow } from './alerts.repository.js';

const OPERATION = 'alert:close';

/** An alert that somebody has looked at. */
export interface ClosedAlertView {
  readonly id: string;
  readonly status: 'closed';
  readonly closedAt: string;
}

/** An officer who sees an alert closes it, once, with what they found. */
@Injectable()
export class AlertClosing {
  constructor(
    private readonly database: Database,
    private readonly alerts: AlertsRepository,
    private readonly offices: Offices,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @throws ConcordatError `operation_denied`, also to whom it is about; `not_found` for an alert of others (R5.8);
   * `transition_not_allowed` for one that is closed.
   */
  async close(
    principal: Principal,
    id: string,
    reason: string,
    { traceId }: SearchSource,
  ): Promise<ClosedAlertView> {
    const office = this.offices.of(principal, OPERATION);
    return this.database.transaction(async (tx) => {
      const alert = checked(await this.alerts.findForClosing(tx, id), principal, office);
      const { rule, day, personId } = alert;
      const eventId = await this.audit.record(tx, 'audit.alert-closed', {
        ...actorFields(principal, office.organisationId),
        organisationIds: alert.organisationIds,
        targetType: 'alert',
        targetId: id,
        ...(alert.subjectKind === 'grant' && { grantId: alert.subjectId }),
        reasonCodes: [rule, `day:${day}`],
        reasonText: reason,
        traceId,
        alsoAbout: personId === null ? [] : [personId],
      });
      const at = this.clock.now();
      await this.alerts.close(tx, id, { personId: principal.personId, at, eventId });
      return { id, status: 'closed', closedAt: at.toISOString() };
    });
  }
}

function checked(alert: AlertRow | undefined, principal: Principal, { sees }: Office): AlertRow {
  if (!alert) {
    throw new ConcordatError('not_found');
  }
  if (sees && !alert.organisationIds.some((id) => sees.includes(id))) {
    const cause = new ConcordatError('operation_denied', { operation: OPERATION });
    throw new ConcordatError('not_found', {}, { cause });
  }
  if (alert.personId === principal.personId) {
    const detail = 'It is about you: another officer closes it.';
    throw new ConcordatError('operation_denied', { operation: OPERATION, detail });
  }
  if (alert.status === 'closed') {
    throw new ConcordatError('transition_not_allowed', { from: 'closed', move: 'close' });
  }
  return alert;
}
