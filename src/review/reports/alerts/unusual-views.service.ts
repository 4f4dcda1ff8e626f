import { Injectable } from '@nestjs/common';
import type { Json } from '../../../kernel/canonical-json.js';
import { TrailReading } from '../../trail-reading.service.js';
import { NamedEvents, type NamedEventView } from '../named-events.service.js';
import type { AlertRow, UnusualEventRow, UnusualRow } from './unusual.repository.js';

/** An alert, and what came of it. People by pseudonym (R5.7). */
export interface AlertView extends Pick<
  AlertRow,
  'kind' | 'id' | 'rule' | 'day' | 'status' | 'eventId'
> {
  readonly at: string;
  readonly subject: {
    readonly kind: AlertRow['subjectKind'];
    readonly grantId: string | null;
    /** Who it was, or who holds the grant; null for an organisation, and once they were erased. */
    readonly pseudonym: string | null;
    readonly organisation: AlertRow['organisation'];
    readonly dataset: AlertRow['dataset'];
  };
  readonly found: number;
  readonly usual: number | null;
  readonly threshold: number;
  readonly closed: {
    readonly at: string;
    readonly by: string | null;
    /** Null once those whom it is about were erased. */
    readonly reason: Json;
    readonly eventId: string;
  } | null;
}

/** What was refused or has failed, with its event. */
interface UnusualEventView {
  readonly kind: UnusualEventRow['kind'];
  readonly id: string;
  readonly at: string;
  readonly event: NamedEventView;
}

export type UnusualView = AlertView | UnusualEventView;

/** Opens one page of what was unusual. */
@Injectable()
export class UnusualViews {
  constructor(
    private readonly reading: TrailReading,
    private readonly events: NamedEvents,
  ) {}

  async open(rows: readonly UnusualRow[]): Promise<readonly UnusualView[]> {
    const events = await this.eventsOf(rows);
    const reasons = await this.reasonsOf(rows);
    return rows.flatMap((row): readonly UnusualView[] => {
      if (row.kind === 'alert') {
        return [toAlertView(row, reasons.get(row.closedEventId ?? '') ?? null)];
      }
      const { kind, id, at } = row;
      const event = events.get(id);
      return event ? [{ kind, id, at: at.toISOString(), event }] : [];
    });
  }

  private async eventsOf(
    rows: readonly UnusualRow[],
  ): Promise<ReadonlyMap<string, NamedEventView>> {
    const events = rows.filter((row) => row.kind !== 'alert');
    const views = await this.events.open(events.map((row) => ({ ...row, occurredAt: row.at })));
    return new Map(views.map((view) => [view.id, view]));
  }

  private async reasonsOf(rows: readonly UnusualRow[]): Promise<ReadonlyMap<string, Json>> {
    const ids = rows.flatMap((row) => (row.kind === 'alert' ? (row.closedEventId ?? []) : []));
    const fields = await this.reading.fieldsOf(ids);
    return new Map([...fields].map(([id, of]) => [id, of.get('reasonText') ?? null]));
  }
}

function toAlertView(row: AlertRow, reason: Json): AlertView {
  const { closedAt, closedEventId } = row;
  return {
    kind: 'alert',
    id: row.id,
    at: row.at.toISOString(),
    rule: row.rule,
    day: row.day,
    subject: {
      kind: row.subjectKind,
      grantId: row.grantId,
      pseudonym: row.pseudonym,
      organisation: row.organisation,
      dataset: row.dataset,
    },
    found: Number(row.found),
    usual: row.usual === null ? null : Number(row.usual),
    threshold: Number(row.threshold),
    status: row.status,
    eventId: row.eventId,
    closed:
      closedAt && closedEventId !== null
        ? { at: closedAt.toISOString(), by: row.closedBy, reason, eventId: closedEventId }
        : null,
  };
}
