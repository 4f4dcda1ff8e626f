import { Injectable } from '@nestjs/common';
import { AuditService, payloadAad } from '../audit/audit.service.js';
import { readPayload } from '../audit/payload.js';
import { Receipts } from '../audit/receipts.service.js';
import { actorFields } from '../identity/actor.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import type { Json } from '../kernel/canonical-json.js';
import { ConcordatError } from '../kernel/errors.js';
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
import {
  AuditEventsRepository,
  type EventPosition,
  type PayloadRow,
} from './audit-events.repository.js';
import { filtersOf, type AuditSearch } from './audit-search.js';

/** The request behind a search, for the event of it. */
export interface SearchSource {
  readonly route: string;
  readonly traceId: string;
}

/** Where the caller is an officer, and whose events that shows; null for everybody's. */
interface Office {
  readonly organisationId: string;
  readonly sees: readonly string[] | null;
}

interface Search extends SearchSource {
  readonly principal: Principal;
  readonly office: Office;
  readonly personId: string | null;
  readonly filters: readonly string[];
  readonly count: number;
}

/** What officers read of the trail. Reading it is an event too, which commits before anything is answered. */
@Injectable()
export class AuditEventsService {
  // eslint-disable-next-line max-params -- the trail, what opens it and what proves it
  constructor(
    private readonly database: Database,
    private readonly events: AuditEventsRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly subjectKeys: SubjectKeys,
    private readonly receipts: Receipts,
  ) {}

  /** @returns one event more than `pageSize` when there is another page. */
  async search(
    principal: Principal,
    search: AuditSearch,
    page: { readonly after: EventPosition | null; readonly pageSize: number },
    source: SearchSource,
  ): Promise<readonly AuditEventView[]> {
    const office = this.officeOf(principal);
    const rows = await this.database.transaction(async (tx) => {
      const personId = await this.personOf(tx, search.person);
      const limit = page.pageSize + 1;
      const found =
        personId === undefined
          ? []
          : await this.events.search(tx, search, {
              organisationIds: office.sees,
              personId,
              after: page.after,
              limit,
            });
      await this.record(tx, {
        ...source,
        principal,
        office,
        personId: personId ?? null,
        filters: filtersOf(search),
        count: Math.min(found.length, page.pageSize),
      });
      return found;
    });
    return this.open(rows);
  }

  async get(principal: Principal, id: string, source: SearchSource): Promise<AuditEventView> {
    const event = await this.find(principal, id, source);
    const [view] = await this.open([event]);
    if (!view) {
      throw new ConcordatError('not_found');
    }
    return view;
  }

  /** The proof that the event is in the public log. @throws ConcordatError `receipt_pending` */
  async receipt(principal: Principal, id: string, source: SearchSource): Promise<string> {
    await this.find(principal, id, source);
    return this.receipts.of(id);
  }

  private find(principal: Principal, id: string, source: SearchSource): Promise<AuditEventRow> {
    return this.database.transaction(async (tx) => {
      const found = await this.events.find(tx, id);
      if (!found) {
        throw new ConcordatError('not_found');
      }
      this.authorisation.require(principal, 'audit:read', found);
      const filters = [`eventId=${id}`];
      const office = this.officeOf(principal);
      await this.record(tx, { ...source, principal, office, personId: null, filters, count: 1 });
      return found;
    });
  }

  // R5.8: an officer of a party sees events that name it; the operator's see all.
  private officeOf(principal: Principal): Office {
    const isOfficer = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'audit:read', { organisationIds });
    const operator = principal.memberships.find(({ isOperator }) => isOperator);
    if (operator && isOfficer([])) {
      return { organisationId: operator.organisationId, sees: null };
    }
    const own = principal.memberships.map(({ organisationId }) => organisationId);
    const sees = own.filter((id) => isOfficer([id]));
    const [organisationId] = sees;
    if (organisationId === undefined) {
      throw new ConcordatError('operation_denied', { operation: 'audit:read' });
    }
    return { organisationId, sees };
  }

  /** Null for no filter; undefined for a pseudonym that nobody has. */
  private async personOf(tx: Tx, person: string | null): Promise<string | null | undefined> {
    return person === null || isUuid(person) ? person : this.events.personOf(tx, person);
  }

  private async record(
    tx: Tx,
    { principal, office, route, traceId, personId, filters, count }: Search,
  ): Promise<void> {
    await this.audit.record(tx, 'audit.searched', {
      ...actorFields(principal, office.organisationId),
      organisationIds: [office.organisationId],
      route,
      count,
      reasonCodes: filters,
      traceId,
      alsoAbout: personId === null ? [] : [personId],
    });
  }

  private async open(events: readonly AuditEventRow[]): Promise<readonly AuditEventView[]> {
    const manager = this.database.manager;
    const payloads = await this.events.payloadsOf(
      manager,
      events.map(({ id }) => id),
    );
    const fields = await this.fieldsOf(payloads);
    const people = [...new Set([...fields.values()].flatMap(peopleIn))];
    const pseudonyms = await this.events.pseudonyms(manager, people);
    return events.map((event) =>
      toAuditEventView(event, fields.get(event.id) ?? new Map(), pseudonyms),
    );
  }

  /** Fields by event. A row whose subject's key was destroyed gives none. */
  private async fieldsOf(
    payloads: readonly PayloadRow[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, Json>>> {
    const opened = await Promise.all(
      payloads.map(async ({ eventId, subjectId, body }) => {
        const clear = isAboutNobody(subjectId)
          ? body
          : await this.subjectKeys.decrypt(subjectId, payloadAad(eventId, subjectId), body);
        return { eventId, fields: clear ? readPayload(clear).fields : [] };
      }),
    );
    const byEvent = Map.groupBy(opened, ({ eventId }) => eventId);
    return new Map(
      [...byEvent].map(([id, rows]) => [id, new Map(rows.flatMap(({ fields }) => fields))]),
    );
  }
}
