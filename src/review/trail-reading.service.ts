import { Injectable } from '@nestjs/common';
import { AuditService, payloadAad } from '../audit/audit.service.js';
import { readPayload } from '../audit/payload.js';
import { actorFields } from '../identity/actor.js';
import type { Principal } from '../identity/principal.js';
import type { Json } from '../kernel/canonical-json.js';
import { isUuid } from '../kernel/ids.js';
import { Database, type Tx } from '../platform/database/database.js';
import { SubjectKeys } from '../platform/secrets/subject-keys.js';
import {
  isAboutNobody,
  peopleIn,
  toAuditEventView,
  type AuditEventRow,
  type AuditEventView,
} from './audit-event.view.js';
import { AuditEventsRepository, type PayloadRow } from './audit-events.repository.js';
import type { TableFormat } from './exports/export.types.js';
import type { Office } from './offices.service.js';

/** The request behind a search, for the event of it. */
export interface SearchSource {
  readonly route: string;
  readonly traceId: string;
}

/** What somebody looked for, and how much of it they were shown. */
export interface Search extends SearchSource {
  readonly principal: Principal;
  readonly office: Office;
  readonly personId: string | null;
  /** `name=value`, but for the person: the event is about them. */
  readonly filters: readonly string[];
  readonly count: number;
  /** Of the file that it leaves in; absent: it was shown. */
  readonly format?: TableFormat;
}

/** What every way to read the trail shares: the event of the reading, and the opening of what was read. */
@Injectable()
export class TrailReading {
  constructor(
    private readonly database: Database,
    private readonly events: AuditEventsRepository,
    private readonly audit: AuditService,
    private readonly subjectKeys: SubjectKeys,
  ) {}

  /** Null for no filter; undefined for a pseudonym that nobody has. @param person a pseudonym or an id. */
  async personOf(tx: Tx, person: string | null): Promise<string | null | undefined> {
    return person === null || isUuid(person) ? person : this.events.personOf(tx, person);
  }

  /** Writes `audit.searched`, or `audit.exported` of what leaves as a file (R6.2), in the transaction that read. */
  async record(tx: Tx, search: Search): Promise<void> {
    const { principal, office, route, traceId, personId, filters, count, format } = search;
    const event = {
      ...actorFields(principal, office.organisationId),
      organisationIds: [office.organisationId],
      count,
      traceId,
      alsoAbout: personId === null ? [] : [personId],
    };
    if (format === undefined) {
      await this.audit.record(tx, 'audit.searched', { ...event, route, reasonCodes: filters });
    } else {
      const reasonCodes = [route, format, ...filters];
      await this.audit.record(tx, 'audit.exported', { ...event, reasonCodes });
    }
  }

  /** The events with their committed fields, people by pseudonym. */
  async open(events: readonly AuditEventRow[]): Promise<readonly AuditEventView[]> {
    const fields = await this.fieldsOf(events.map(({ id }) => id));
    const people = [...new Set([...fields.values()].flatMap(peopleIn))];
    const pseudonyms = await this.events.pseudonyms(this.database.manager, people);
    return events.map((event) =>
      toAuditEventView(event, fields.get(event.id) ?? new Map(), pseudonyms),
    );
  }

  /** Fields by event. A row whose subject's key was destroyed gives none. */
  async fieldsOf(
    eventIds: readonly string[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, Json>>> {
    const payloads = await this.events.payloadsOf(this.database.manager, eventIds);
    const opened = await Promise.all(payloads.map((row) => this.openRow(row)));
    const byEvent = Map.groupBy(opened, ({ eventId }) => eventId);
    return new Map(
      [...byEvent].map(([id, rows]) => [id, new Map(rows.flatMap(({ fields }) => fields))]),
    );
  }

  private async openRow({ eventId, subjectId, body }: PayloadRow) {
    const clear = isAboutNobody(subjectId)
      ? body
      : await this.subjectKeys.decrypt(subjectId, payloadAad(eventId, subjectId), body);
    return { eventId, fields: clear ? readPayload(clear).fields : [] };
  }
}
