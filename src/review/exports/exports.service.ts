import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actorFields } from '../../identity/actor.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { takeLocks } from '../../platform/database/locks.js';
import { filtersOf, toAuditSearch, type AuditSearch } from '../audit-search.js';
import { Offices } from '../offices.service.js';
import { TrailReading } from '../trail-reading.service.js';
import { ExportEnds } from './export-ends.service.js';
import { AT_ONCE, KEPT_MS, MAX_EVENTS, MAX_KEPT } from './export-limits.js';
import { ExportMaking } from './export-making.service.js';
import {
  toExportView,
  type ExportFormat,
  type ExportRow,
  type ExportView,
} from './export.types.js';
import type { CreateExportDto } from './exports.dto.js';
import { ExportsRepository } from './exports.repository.js';

/** What an officer asks for: a search that was checked, and a form. */
interface Question {
  readonly search: AuditSearch;
  readonly format: ExportFormat;
}

/** Exports of the trail, to whoever asked for them: which events they hold is settled in the moment of asking. */
@Injectable()
export class Exports {
  // eslint-disable-next-line max-params -- what a slice needs, who may read the trail, and the two ports
  constructor(
    private readonly database: Database,
    private readonly exports: ExportsRepository,
    private readonly offices: Offices,
    private readonly reading: TrailReading,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    private readonly making: ExportMaking,
    private readonly ends: ExportEnds,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * Finds the events, and records that they leave; few of them are made into the file at once.
   * @throws ConcordatError `input_invalid` (422) when too many events are found, `conflict` (409) with too many kept.
   */
  async create(
    principal: Principal,
    { format, ...filters }: CreateExportDto,
    { key, traceId }: { readonly key: string; readonly traceId: string },
  ): Promise<ExportView> {
    const question = { search: toAuditSearch(filters), format };
    const { personId: principalId } = principal;
    const body = { format, ...question.search };
    const call = { principalId, route: 'POST audit exports', key, body };
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(tx, call, () => this.insert(tx, principal, question, traceId)),
    );
    const row = await this.own(principal, id);
    if (row.status === 'queued' && row.count <= AT_ONCE) {
      await this.making.make(id);
    }
    return this.get(principal, id);
  }

  /** The caller's own, newest first. */
  async list(
    { personId }: Principal,
    after: string | null,
    limit: number,
  ): Promise<readonly ExportView[]> {
    const rows = await this.exports.list(this.database.manager, personId, after, limit);
    return rows.map(toExportView);
  }

  async get(principal: Principal, id: string): Promise<ExportView> {
    return toExportView(await this.own(principal, id));
  }

  /** Ends it, and with it its content; repeatable. */
  async cancel(principal: Principal, id: string): Promise<void> {
    await this.own(principal, id);
    await this.ends.end(id, 'expired', 'cancelled');
  }

  private async own({ personId }: Principal, id: string): Promise<ExportRow> {
    const row = await this.exports.find(this.database.manager, id);
    if (row?.personId !== personId) {
      throw new ConcordatError('not_found');
    }
    return row;
  }

  private async insert(
    tx: Tx,
    principal: Principal,
    { search, format }: Question,
    traceId: string,
  ): Promise<string> {
    const { personId } = principal;
    const office = this.offices.of(principal);
    await takeLocks(tx, 'exclusive', [{ kind: 'person', id: personId }]);
    if ((await this.exports.countKept(tx, personId)) >= MAX_KEPT) {
      const detail = `At most ${String(MAX_KEPT)} exports of yours are kept at once. Delete one first.`;
      throw new ConcordatError('conflict', { detail });
    }
    const aboutId = await this.reading.personOf(tx, search.person);
    const eventIds = await this.find(tx, { search, format }, aboutId, office.sees);
    const id = this.ids.next();
    const filters = filtersOf(search);
    const { grantId, accessRequestId, agreementId } = search;
    const auditEventId = await this.audit.record(tx, 'audit.exported', {
      ...actorFields(principal, office.organisationId),
      organisationIds: [office.organisationId],
      agreementId: agreementId ?? undefined,
      accessRequestId: accessRequestId ?? undefined,
      reasonCodes: ['audit_events', format, `exportId=${id}`, ...filters],
      count: eventIds.length,
      traceId,
      alsoAbout: aboutId ? [aboutId] : [],
    });
    const createdAt = this.clock.now();
    await this.exports.insert(tx, {
      id,
      personId,
      organisationId: office.organisationId,
      sees: office.sees,
      format,
      filters,
      grantId,
      accessRequestId,
      agreementId,
      count: eventIds.length,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + KEPT_MS),
      auditEventId,
    });
    await this.exports.insertEvents(tx, id, eventIds);
    return id;
  }

  /** @param aboutId undefined for a pseudonym that nobody has: of nobody there is nothing. */
  private async find(
    tx: Tx,
    { search, format }: Question,
    aboutId: string | null | undefined,
    sees: readonly string[] | null,
  ): Promise<readonly string[]> {
    const most = MAX_EVENTS[format];
    const found =
      aboutId === undefined
        ? []
        : await this.exports.search(tx, search, {
            organisationIds: sees,
            personId: aboutId,
            after: null,
            limit: most + 1,
          });
    if (found.length > most) {
      const reason = `more than ${String(most)} events are found, the most of this format; ask for less time`;
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/from', reason }] });
    }
    if (format === 'pack' && found.length === 0) {
      const reason = 'finds no event, and a pack of none proves nothing';
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '', reason }] });
    }
    return found;
  }
}
