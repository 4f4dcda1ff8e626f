import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { DeliveryGrantsRepository } from '../access/delivery-grants.repository.js';
import { DeliveryRecord } from '../access/delivery-record.js';
import { FirstUse } from '../access/first-use.js';
import { GrantAccess } from '../access/grant-access.service.js';
import type { Admission, DeliveryGrant, ManifestEntry } from '../delivery.types.js';
import type { LiveStream } from '../live/live-streams.js';
import { lengthOf, type BytePart } from './byte-range.rules.js';
import { LEASE_MS, OpenStreamsRepository } from './open-streams.repository.js';

/** One object, or a part of it, on its way to the holder of a grant. */
export interface Reading {
  readonly admission: Admission;
  readonly entry: ManifestEntry;
  readonly part: BytePart | undefined;
  readonly stream: LiveStream;
}

/** The transaction before the first byte: the row once more, the budgets, the event and the lease (section 4, "Opening"). */
@Injectable()
export class StreamOpening {
  // eslint-disable-next-line max-params -- everything that opening commits together
  constructor(
    private readonly database: Database,
    private readonly grants: DeliveryGrantsRepository,
    private readonly openStreams: OpenStreamsRepository,
    private readonly record: DeliveryRecord,
    private readonly firstUse: FirstUse,
    private readonly access: GrantAccess,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @returns the id of its event, by which the read is known again in the store's log.
   * @throws ConcordatError `grant_not_live` or `budget_exhausted` (403), recorded.
   */
  async open(reading: Reading, nodeId: string): Promise<string> {
    const { admission, entry, part, stream } = reading;
    const { grant } = admission;
    const bytes = lengthOf(entry.size, part);
    const record = await this.record.prepare('object.opened', admission, {
      objectId: entry.name,
      ...versionFields(grant, entry),
      range: rangeText(part),
      bytes,
    });
    try {
      await this.database.transaction(async (tx) => {
        const status = await this.take(tx, grant, entry.name, bytes);
        await this.record.write(tx, record);
        await this.firstUse.mark(tx, grant, status);
        const now = this.clock.now();
        await this.openStreams.insert(tx, {
          id: stream.id,
          grantId: grant.id,
          nodeId,
          objectName: entry.name,
          reservedBytes: bytes,
          range: rangeText(part) ?? null,
          decisionId: admission.decision.decisionId,
          openedAt: now,
          leaseUntil: new Date(now.getTime() + LEASE_MS),
          openedEventId: record.event.id,
        });
      });
      return record.event.id;
    } catch (error) {
      if (
        isConcordatError(error, 'grant_not_live') ||
        isConcordatError(error, 'budget_exhausted')
      ) {
        throw await this.access.refuseAdmitted(admission, error.code);
      }
      throw error;
    }
  }

  private async take(tx: Tx, grant: DeliveryGrant, name: string, bytes: number): Promise<string> {
    const claim = { grantId: grant.id, epoch: grant.epoch, now: this.clock.now() };
    if (grant.maxBytes === null && grant.maxDownloads === null) {
      const status = await this.grants.liveStatus(tx, claim);
      if (status === undefined) {
        throw new ConcordatError('grant_not_live');
      }
      return status;
    }
    const isNew =
      grant.maxDownloads !== null && (await this.grants.countObject(tx, grant.id, name));
    const status = await this.grants.charge(tx, { ...claim, bytes, newObjects: isNew ? 1 : 0 });
    if (status === undefined) {
      const isLive = (await this.grants.liveStatus(tx, claim)) !== undefined;
      throw new ConcordatError(isLive ? 'budget_exhausted' : 'grant_not_live');
    }
    return status;
  }
}

/** Which object of that name it was, where no sealed version says so. */
export function versionFields(
  { datasetVersion }: DeliveryGrant,
  { etag }: ManifestEntry,
): { readonly objectVersion?: string } {
  return datasetVersion === null ? { objectVersion: etag } : {};
}

/** The range as an event writes it: `0-99`, or nothing for a whole object. */
export function rangeText(part: BytePart | undefined): string | undefined {
  return part && `${String(part.first)}-${String(part.last)}`;
}
