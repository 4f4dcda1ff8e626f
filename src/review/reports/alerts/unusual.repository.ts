import type { AlertRule, AlertStatus, AlertSubject } from '../../alerts/alert.types.js';
import {
  datasetOf,
  organisationOf,
  pseudonymOf,
  type NamedDataset,
  type NamedOrganisation,
} from '../names.js';
import type { Period } from '../period.rules.js';
import type { Reader } from '../reports.service.js';
import { EVENT_SIGHT, Params, type Statement } from '../statement.js';

/** An alert; reads that nothing explains; what else was refused or has failed. */
export const UNUSUAL_KINDS = ['alert', 'unmatched', 'refused', 'failed'] as const;
export type UnusualKind = (typeof UNUSUAL_KINDS)[number];

export interface UnusualPosition {
  readonly at: string;
  readonly id: string;
  readonly [key: string]: string;
}

/** Null is no filter. */
export interface UnusualQuestion extends Period {
  readonly kind: UnusualKind | null;
  /** Of alerts alone. */
  readonly status: AlertStatus | null;
  /** Of alerts alone. */
  readonly rule: AlertRule | null;
  readonly organisationId: string | null;
  readonly datasetId: string | null;
  readonly grantId: string | null;
}

export interface AlertRow {
  readonly kind: 'alert';
  readonly id: string;
  readonly at: Date;
  readonly rule: AlertRule;
  readonly subjectKind: AlertSubject['kind'];
  readonly grantId: string | null;
  readonly pseudonym: string | null;
  readonly organisation: NamedOrganisation | null;
  readonly dataset: NamedDataset | null;
  readonly day: string;
  readonly found: string;
  readonly usual: string | null;
  readonly threshold: string;
  readonly status: AlertStatus;
  readonly eventId: string;
  readonly closedAt: Date | null;
  readonly closedBy: string | null;
  readonly closedEventId: string | null;
}

export interface UnusualEventRow {
  readonly kind: Exclude<UnusualKind, 'alert'>;
  readonly id: string;
  readonly at: Date;
  readonly type: string;
  readonly outcome: string;
  readonly organisationIds: readonly string[];
}

export type UnusualRow = AlertRow | UnusualEventRow;

interface Page {
  readonly after: UnusualPosition | null;
  readonly limit: number;
}

const UNMATCHED = `e.type = 'object.read-unmatched'`;
const KINDS: Readonly<Record<UnusualEventRow['kind'], string>> = {
  unmatched: UNMATCHED,
  refused: `e.outcome = 'refused'`,
  failed: `e.outcome = 'failed' AND e.type <> 'object.read-unmatched'`,
};

/** Newest first, alerts and events in one row. What they are made of is looked up for one page alone. */
export function unusualStatement(question: UnusualQuestion, reader: Reader, page: Page): Statement {
  const params = new Params();
  const limit = params.bind(page.limit);
  const hasAlerts = question.kind === null || question.kind === 'alert';
  const hasEvents = question.kind !== 'alert';
  const parts = [
    ...(hasAlerts ? [alertsOf(params, question, reader, page.after)] : []),
    ...(hasEvents ? [eventsOf(params, question, reader, page.after)] : []),
  ].map((part) => `(${part} ORDER BY at DESC, id DESC LIMIT ${limit})`);
  const sql = `
    SELECT u.kind, u.id, u.at, e.type, e.outcome, e.organisation_ids AS "organisationIds", a.rule,
      a.subject_kind AS "subjectKind", g.id AS "grantId", ${pseudonymOf('p')} AS pseudonym,
      CASE WHEN o.id IS NOT NULL THEN ${organisationOf('o')} END AS organisation,
      CASE WHEN d.id IS NOT NULL THEN ${datasetOf('d')} END AS dataset, a.day::text AS day, a.found, a.usual, a.threshold,
      a.status, a.audit_event_id AS "eventId", a.closed_at AS "closedAt", ${pseudonymOf('c')} AS "closedBy",
      a.closed_event_id AS "closedEventId"
    FROM (SELECT * FROM (${parts.join(' UNION ALL ')}) every ORDER BY at DESC, id DESC LIMIT ${limit}) u
      LEFT JOIN audit_event e ON u.kind <> 'alert' AND e.id = u.id
      LEFT JOIN audit_alert a ON u.kind = 'alert' AND a.id = u.id
      LEFT JOIN grants g ON a.subject_kind = 'grant' AND g.id = a.subject_id
      LEFT JOIN dataset d ON d.id = g.dataset_id
      LEFT JOIN person p ON p.id = CASE a.subject_kind WHEN 'grant' THEN g.person_id WHEN 'person' THEN a.subject_id END
      LEFT JOIN organisation o
        ON o.id = CASE a.subject_kind WHEN 'grant' THEN g.organisation_id WHEN 'organisation' THEN a.subject_id END
      LEFT JOIN person c ON c.id = a.closed_by
    ORDER BY u.at DESC, u.id DESC`;
  return { sql, params: params.values };
}

const OF_GRANT = (condition: string): string =>
  `EXISTS (SELECT FROM grants x WHERE a.subject_kind = 'grant' AND x.id = a.subject_id AND ${condition})`;

function alertsOf(
  params: Params,
  question: UnusualQuestion,
  { sees, personId }: Reader,
  after: UnusualPosition | null,
): string {
  const { organisationId } = question;
  const where = params.where([
    ['a.status = ?', question.status],
    ['a.rule = ?', question.rule],
    ['a.raised_at >= ?', question.from],
    ['a.raised_at < ?', question.to],
    ['a.organisation_ids @> ?::uuid[]', organisationId === null ? null : [organisationId]],
    [OF_GRANT('x.dataset_id = ?'), question.datasetId],
    [`a.subject_kind = 'grant' AND a.subject_id = ?`, question.grantId],
    [
      `(a.subject_kind = 'person' AND a.subject_id = ? OR ${OF_GRANT('x.person_id = ?')})`,
      personId,
    ],
    ['a.organisation_ids && ?::uuid[]', sees],
    after && beyond(params, after, 'a.raised_at, a.id'),
  ]);
  return `SELECT 'alert' AS kind, a.raised_at AS at, a.id FROM audit_alert a ${where}`;
}

function eventsOf(
  params: Params,
  question: UnusualQuestion,
  { sees, personId }: Reader,
  after: UnusualPosition | null,
): string {
  const { kind, organisationId } = question;
  const where = params.where([
    [`e.outcome <> 'success'`],
    kind && kind !== 'alert' ? [KINDS[kind]] : null,
    ['e.occurred_at >= ?', question.from],
    ['e.occurred_at < ?', question.to],
    ['e.organisation_ids @> ?::uuid[]', organisationId === null ? null : [organisationId]],
    ['e.dataset_id = ?', question.datasetId],
    ['e.grant_id = ?', question.grantId],
    ['e.person_ids @> ?::uuid[]', personId === null ? null : [personId]],
    [EVENT_SIGHT, sees],
    after && beyond(params, after, 'e.occurred_at, e.id'),
  ]);
  return `SELECT CASE WHEN ${UNMATCHED} THEN 'unmatched' ELSE e.outcome END AS kind, e.occurred_at AS at, e.id
    FROM audit_event e ${where}`;
}

function beyond(params: Params, { at, id }: UnusualPosition, columns: string): readonly [string] {
  return [`(${columns}) < (${params.bind(at)}::timestamptz, ${params.bind(id)}::uuid)`];
}
