import { Injectable } from '@nestjs/common';
import { Receipts } from '../audit/receipts.service.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { ConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import type { AuditEventRow, AuditEventView } from './audit-event.view.js';
import { AuditEventsRepository, type EventPosition } from './audit-events.repository.js';
import { filtersOf, type AuditSearch } from './audit-search.js';
import { Offices } from './offices.service.js';
import { TrailReading, type SearchSource } from './trail-reading.service.js';

/** What officers read of the trail. Reading it is an event too, which commits before anything is answered. */
@Injectable()
export class AuditEventsService {
  // eslint-disable-next-line max-params -- the trail, who may read it, and what proves it
  constructor(
    private readonly database: Database,
    private readonly events: AuditEventsRepository,
    private readonly authorisation: Authorisation,
    private readonly offices: Offices,
    private readonly reading: TrailReading,
    private readonly receipts: Receipts,
  ) {}

  /** @returns one event more than `pageSize` when there is another page. */
  async search(
    principal: Principal,
    search: AuditSearch,
    page: { readonly after: EventPosition | null; readonly pageSize: number },
    source: SearchSource,
  ): Promise<readonly AuditEventView[]> {
    const office = this.offices.of(principal);
    const rows = await this.database.transaction(async (tx) => {
      const personId = await this.reading.personOf(tx, search.person);
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
      await this.reading.record(tx, {
        ...source,
        principal,
        office,
        personId: personId ?? null,
        filters: filtersOf(search),
        count: Math.min(found.length, page.pageSize),
      });
      return found;
    });
    return this.reading.open(rows);
  }

  async get(principal: Principal, id: string, source: SearchSource): Promise<AuditEventView> {
    const event = await this.find(principal, id, source);
    const [view] = await this.reading.open([event]);
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
      const office = this.offices.of(principal);
      const personId = null;
      await this.reading.record(tx, { ...source, principal, office, personId, filters, count: 1 });
      return found;
    });
  }
}
