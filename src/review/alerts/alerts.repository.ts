import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database.js';
import type { ToldAlert, ToldOfficer } from './alert-digest.js';
import {
  keyOf,
  type AlertRule,
  type AlertStatus,
  type AlertSubject,
  type Finding,
} from './alert.types.js';

export interface AlertRow {
  readonly id: string;
  readonly rule: AlertRule;
  readonly subjectKind: AlertSubject['kind'];
  readonly subjectId: string;
  readonly day: string;
  readonly organisationIds: readonly string[];
  readonly status: AlertStatus;
  /** Whom it is about: the person, or who holds the grant; null for an organisation. */
  readonly personId: string | null;
}

/** What an event says of a grant. */
export interface AlertedGrant {
  readonly grantId: string;
  readonly personId: string;
  readonly datasetId: string;
  readonly agreementId: string;
}

export interface Raised {
  readonly id: string;
  readonly auditEventId: string;
  readonly raisedAt: Date;
}

@Injectable()
export class AlertsRepository {
  /** Those for which there is no alert yet, open or closed. */
  async news(tx: Tx, findings: readonly Finding[]): Promise<readonly Finding[]> {
    const raised = await tx.query<{ key: string }[]>(
      `SELECT a.rule || ' ' || a.subject_kind || ' ' || a.subject_id || ' ' || a.day AS key
       FROM unnest($1::text[], $2::text[], $3::uuid[], $4::date[]) AS f (rule, kind, id, day)
         JOIN audit_alert a ON a.rule = f.rule AND a.subject_kind = f.kind AND a.subject_id = f.id AND a.day = f.day`,
      [
        findings.map(({ rule }) => rule),
        findings.map(({ subject }) => subject.kind),
        findings.map(({ subject }) => subject.id),
        findings.map(({ day }) => day),
      ],
    );
    const known = new Set(raised.map(({ key }) => key));
    return findings.filter((finding) => !known.has(keyOf(finding)));
  }

  async insert(
    tx: Tx,
    { rule, subject, day, organisationIds, found, usual, threshold }: Finding,
    { id, auditEventId, raisedAt }: Raised,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO audit_alert (id, rule, subject_kind, subject_id, day, organisation_ids, found, usual, threshold, raised_at,
         audit_event_id, status, is_untold)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', true)`,
      [
        ...[id, rule, subject.kind, subject.id, day, organisationIds, found, usual, threshold],
        ...[raisedAt, auditEventId],
      ],
    );
  }

  async grantOf(tx: Tx, grantId: string): Promise<AlertedGrant | undefined> {
    const [grant] = await tx.query<AlertedGrant[]>(
      `SELECT id AS "grantId", person_id AS "personId", dataset_id AS "datasetId", agreement_id AS "agreementId"
       FROM grants WHERE id = $1`,
      [grantId],
    );
    return grant;
  }

  /** Alerts of which nobody was told, oldest first; they are told by whoever has taken them. One takes at a time. */
  async takeUntold(tx: Tx, limit: number): Promise<readonly ToldAlert[]> {
    const rows = await tx.query<ToldAlert[]>(
      `SELECT id, rule, subject_kind AS "subjectKind", day::text AS day, organisation_ids AS "organisationIds",
         found::float8 AS found, usual::float8 AS usual, threshold::float8 AS threshold
       FROM audit_alert WHERE is_untold ORDER BY raised_at, id LIMIT $1 FOR UPDATE`,
      [limit],
    );
    await tx.query('UPDATE audit_alert SET is_untold = false WHERE id = ANY ($1::uuid[])', [
      rows.map(({ id }) => id),
    ]);
    return rows;
  }

  /** Officers of these organisations and of the operator, with where to write to. */
  async officers(
    tx: Tx,
    organisationIds: readonly string[],
    today: string,
  ): Promise<readonly ToldOfficer[]> {
    return tx.query<ToldOfficer[]>(
      `SELECT p.id, p.email, bool_or(o.is_operator) AS "isOperators", array_agg(o.id) AS "organisationIds" FROM live_role($2) l
         JOIN organisation o ON o.id = l.organisation_id
         JOIN person p ON p.id = l.person_id AND p.email IS NOT NULL
       WHERE l.role = 'ig_officer' AND (o.is_operator OR o.id = ANY ($1::uuid[])) GROUP BY p.id, p.email ORDER BY p.id`,
      [organisationIds, today],
    );
  }

  /** Locked until COMMIT: it is closed once. */
  async findForClosing(tx: Tx, id: string): Promise<AlertRow | undefined> {
    const [alert] = await tx.query<AlertRow[]>(
      `SELECT a.id, a.rule, a.subject_kind AS "subjectKind", a.subject_id AS "subjectId", a.day::text AS day,
         a.organisation_ids AS "organisationIds", a.status,
         CASE a.subject_kind WHEN 'person' THEN a.subject_id WHEN 'grant' THEN
           (SELECT g.person_id FROM grants g WHERE g.id = a.subject_id) END AS "personId"
       FROM audit_alert a WHERE a.id = $1 FOR UPDATE`,
      [id],
    );
    return alert;
  }

  async close(
    tx: Tx,
    id: string,
    by: { readonly personId: string; readonly at: Date; readonly eventId: string },
  ): Promise<void> {
    await tx.query(
      `UPDATE audit_alert SET status = 'closed', closed_by = $2, closed_at = $3, closed_event_id = $4 WHERE id = $1`,
      [id, by.personId, by.at, by.eventId],
    );
  }
}
