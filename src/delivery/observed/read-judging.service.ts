import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isUnder } from '../../platform/object-store/object-name.rules.js';
import { ReadMarks } from '../../platform/object-store/read-marks.js';
import { Secrets } from '../../platform/secrets/secrets.service.js';
import type { Tx } from '../../platform/database/database.js';
import { citedIdOf, judge, sessionGrantOf, type Doings, type StoreRead } from './matching.rules.js';
import { ObservedReadsRepository } from './observed-reads.repository.js';
import type { ObservedRead, WatchedDataset } from './observed.types.js';

const DAY_MS = 86_400_000;

/** A store whose reads are judged. */
export interface JudgedStore {
  readonly id: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly rotatedAt: Date;
  readonly datasets: readonly WatchedDataset[];
}

/** Holds reads of a store against what the broker did, and keeps what it finds: each read once, however often it is told. */
@Injectable()
export class ReadJudging {
  constructor(
    private readonly reads: ObservedReadsRepository,
    private readonly marks: ReadMarks,
    private readonly secrets: Secrets,
  ) {}

  async keep(tx: Tx, store: JudgedStore, given: readonly StoreRead[]): Promise<void> {
    const unique = [...new Map(given.map((read) => [read.requestId, read])).values()];
    const ids = unique.map(({ requestId }) => requestId);
    const known = await this.reads.known(tx, store.id, ids);
    const fresh = unique.filter(({ requestId }) => !known.has(requestId));
    if (fresh.length === 0) {
      return;
    }
    const taken = new Map<string, number>();
    const doings = await this.doingsOf(tx, store, fresh, taken);
    const judged = fresh.map((read) => this.judge(store, read, doings, taken));
    await this.reads.insert(
      tx,
      store.id,
      judged.filter((read) => read !== undefined),
    );
  }

  /** @param taken is brought forward by each read of a stream. */
  private judge(
    store: JudgedStore,
    read: StoreRead,
    doings: Doings,
    taken: Map<string, number>,
  ): ObservedRead | undefined {
    const dataset = datasetOf(store.datasets, read.key);
    if (!dataset) {
      return undefined;
    }
    const verdict = judge(read, doings);
    const isUnmatched = verdict.kind === 'unmatched';
    const citedEventId = verdict.kind === 'own' ? null : verdict.eventId;
    const isOfStream =
      verdict.kind === 'stream' || (isUnmatched && verdict.reason === 'more_than_opened');
    if (isOfStream && citedEventId !== null) {
      taken.set(citedEventId, (taken.get(citedEventId) ?? 0) + read.bytes);
    }
    return {
      requestId: read.requestId,
      at: read.at,
      datasetId: dataset.id,
      objectName: read.key.slice(dataset.prefix.length),
      bytes: read.bytes,
      requester: this.fingerprint(store.id, read.requester),
      verdict: verdict.kind,
      reason: isUnmatched ? verdict.reason : null,
      unexplainedBytes: isUnmatched ? verdict.unexplainedBytes : 0,
      grantId: 'grantId' in verdict ? verdict.grantId : null,
      citedEventId,
    };
  }

  private async doingsOf(
    tx: Tx,
    store: JudgedStore,
    reads: readonly StoreRead[],
    taken: Map<string, number>,
  ): Promise<Doings> {
    const events = await this.reads.events(tx, present(reads.map(citedIdOf)));
    const sessions = present(reads.map(sessionGrantOf));
    const grantIds = [...events.values()].map(({ grantId }) => grantId);
    const times = reads.map(({ at }) => at.getTime());
    for (const [id, bytes] of await this.reads.taken(tx, [...events.keys()])) {
      taken.set(id, bytes);
    }
    return {
      storeId: store.id,
      accessKeyId: store.accessKeyId,
      rotatedAt: store.rotatedAt,
      events,
      grants: await this.reads.grants(tx, [...grantIds, ...sessions]),
      credentialsIssued: await this.reads.credentialsIssued(
        tx,
        sessions,
        new Date(Math.min(...times) - DAY_MS),
        new Date(Math.max(...times) + DAY_MS),
      ),
      taken,
      isOwn: ({ key, at, query: { mark } }) =>
        mark !== null && this.marks.isOwn(mark, { bucket: store.bucket, key }, at),
    };
  }

  // Tells one requester from another, and not who it is: a store's names for people stay in the store's log.
  private fingerprint(storeId: string, requester: string | null): string {
    return requester === null
      ? 'anonymous'
      : createHmac('sha256', this.secrets.key('store-requester'))
          .update(`${storeId}|${requester}`)
          .digest('hex')
          .slice(0, 16);
  }
}

/** The innermost one: a dataset may lie within another. */
function datasetOf(datasets: readonly WatchedDataset[], key: string): WatchedDataset | undefined {
  return datasets
    .filter(({ prefix }) => isUnder(prefix, key))
    .sort((a, b) => b.prefix.length - a.prefix.length || (a.id < b.id ? -1 : 1))[0];
}

function present(ids: readonly (string | undefined)[]): string[] {
  return [...new Set(ids.filter((id) => id !== undefined))];
}
