import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { IdFactory } from '../../kernel/ids.js';
import type { Tx } from '../../platform/database/database.js';
import type { Finding } from './alert.types.js';
import { AlertsRepository, type AlertedGrant } from './alerts.repository.js';

/** Makes alerts of what was found, each with its event, in the transaction that found it. Nobody is told yet. */
@Injectable()
export class AlertRaising {
  constructor(
    private readonly alerts: AlertsRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @returns how many are new. */
  async raise(tx: Tx, findings: readonly Finding[]): Promise<number> {
    const news = findings.length === 0 ? [] : await this.alerts.news(tx, findings);
    for (const finding of news) {
      await this.raiseOne(tx, finding);
    }
    return news.length;
  }

  private async raiseOne(tx: Tx, finding: Finding): Promise<void> {
    const { subject, organisationIds } = finding;
    const id = this.ids.next();
    const grant = subject.kind === 'grant' ? await this.alerts.grantOf(tx, subject.id) : undefined;
    const auditEventId = await this.audit.record(tx, 'audit.alert-raised', {
      ...BROKER_ACTOR,
      organisationIds,
      targetType: subject.kind,
      targetId: subject.id,
      ...aboutGrant(grant),
      reasonCodes: reasonsOf(finding),
    });
    await this.alerts.insert(tx, finding, { id, auditEventId, raisedAt: this.clock.now() });
  }
}

// Whoever holds it finds it among what concerns them.
function aboutGrant(grant: AlertedGrant | undefined) {
  if (!grant) {
    return {};
  }
  const { personId, ...fields } = grant;
  return { ...fields, alsoAbout: [personId] };
}

function reasonsOf({ rule, day, found, usual, threshold }: Finding): readonly string[] {
  return [
    ...[rule, `day:${day}`, `found:${String(found)}`, `threshold:${String(threshold)}`],
    ...(usual === null ? [] : [`usual:${String(usual)}`]),
  ];
}
