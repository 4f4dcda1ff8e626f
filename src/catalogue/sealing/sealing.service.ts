import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { StoreClient, type ObjectPage } from '../../platform/object-store/store-client.js';
import { StoreLocations } from '../../stores/store-locations.service.js';
import { addSkipped, manifestLine, sortOut } from './manifest.rules.js';
import { SealLimits } from './seal-limits.js';
import { SealingRepository } from './sealing.repository.js';
import type { SealAttempt, Skipped } from './sealing.types.js';

/** Longer than any one request to a store with its retries: an attempt that is alive keeps its claim. */
const CLAIM_MS = 120_000;
const RETRY_MS = 60_000;
/** Of a store that never stops listing, or lists empty pages for ever. */
const MAX_LISTED = 1_000_000;
const DIGEST_ROWS = 5_000;
/** How soon a new dataset is noticed while others are being sealed. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Seals the manifests of datasets (R3.21): lists the store page by page into a draft, outside any transaction; then, in
 * one, version, manifest, dataset and event. A crash or a failing store leaves a draft that nobody reads.
 */
@Injectable()
export class Sealing {
  private readonly log = new Logger(Sealing.name);

  // eslint-disable-next-line max-params -- where from, where to, the trail, the limits and the two ports
  constructor(
    private readonly database: Database,
    private readonly sealing: SealingRepository,
    private readonly locations: StoreLocations,
    private readonly client: StoreClient,
    private readonly audit: AuditService,
    @Inject(SealLimits) private readonly limits: SealLimits,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Seals whatever is due, a few at once and one of each store: no store keeps another waiting. @returns how many were sealed. */
  async sealDue(signal?: AbortSignal): Promise<number> {
    const running = new Map<string, Promise<void>>();
    let sealed = 0;
    try {
      for (;;) {
        const attempt = await this.claimNext([...running.keys()], signal);
        if (attempt) {
          const { storeId } = attempt;
          const work = this.trySeal(attempt, signal).then((isSealed) => {
            sealed += isSealed ? 1 : 0;
            running.delete(storeId);
          });
          running.set(storeId, work);
        } else if (running.size > 0) {
          await Promise.race([...running.values(), lookAgain()]);
        } else {
          return sealed;
        }
      }
    } finally {
      // When one of them could not reach the database, the others end first.
      await Promise.allSettled(running.values());
    }
  }

  private async claimNext(
    busyStores: readonly string[],
    signal?: AbortSignal,
  ): Promise<SealAttempt | undefined> {
    if (signal?.aborted === true || busyStores.length >= this.limits.atOnce) {
      return undefined;
    }
    const id = this.ids.next();
    return this.database.transaction((tx) =>
      this.sealing.claim(tx, id, busyStores, this.clock.now(), this.in(CLAIM_MS)),
    );
  }

  private async trySeal(attempt: SealAttempt, stopping?: AbortSignal): Promise<boolean> {
    const deadline = AbortSignal.timeout(this.limits.attemptMs);
    try {
      const signal = AbortSignal.any(stopping ? [stopping, deadline] : [deadline]);
      const skipped = await this.list(attempt, signal);
      await this.finish(attempt, skipped);
      return true;
    } catch (error) {
      await this.postpone(attempt, deadline.aborted ? tooSlow(error) : error, stopping);
      return false;
    } finally {
      await this.sealing.dropDrafts(this.database.manager, attempt);
    }
  }

  private async postpone(
    attempt: SealAttempt,
    error: unknown,
    stopping?: AbortSignal,
  ): Promise<void> {
    const isStopping = stopping?.aborted === true;
    if (!isStopping) {
      const { datasetId } = attempt;
      this.log.warn({ msg: 'A seal failed', code: 'seal_failed', datasetId, err: error });
    }
    const fault = isConcordatError(error) ? error.message : 'Unexpected error';
    await this.sealing.holdClaim(
      this.database.manager,
      attempt,
      this.in(isStopping ? 0 : RETRY_MS),
      isStopping ? null : fault,
    );
  }

  /** Into the draft, a page of memory at a time. */
  private async list(attempt: SealAttempt, signal: AbortSignal): Promise<Skipped> {
    const location = await this.locations.locationOf(attempt.storeId);
    let skipped: Skipped = { count: 0, objects: [] };
    let token: string | undefined;
    let listed = 0;
    do {
      signal.throwIfAborted();
      const page: ObjectPage = await this.client.list(location, attempt.prefix, { token, signal });
      listed += Math.max(1, page.objects.length);
      if (listed > MAX_LISTED) {
        throw storeFault(`The store lists more than ${String(MAX_LISTED)} objects.`);
      }
      const sorted = sortOut(attempt.prefix, page.objects);
      skipped = addSkipped(skipped, sorted.skipped);
      await this.database.transaction(async (tx) => {
        requireClaim(await this.sealing.holdClaim(tx, attempt, this.in(CLAIM_MS)));
        if ((await this.sealing.addDrafts(tx, attempt, sorted.entries)) < sorted.entries.length) {
          throw storeFault('The store lists an object twice.');
        }
      });
      token = page.nextToken;
    } while (token !== undefined);
    return skipped;
  }

  private async finish(attempt: SealAttempt, skipped: Skipped): Promise<void> {
    const { datasetId, organisationId, storeId } = attempt;
    const digested = await this.digest(attempt);
    await this.database.transaction(async (tx) => {
      const auditEventId = await this.audit.record(tx, 'dataset.sealed', {
        ...BROKER_ACTOR,
        organisationIds: [organisationId],
        targetType: 'dataset',
        targetId: datasetId,
        datasetId,
        objectVersion: digested.version,
      });
      const sealedAt = this.clock.now();
      const version = { ...digested, skipped, sealedAt, auditEventId };
      await this.sealing.insertVersion(tx, attempt, version);
      // Last, because issues on the store wait for it: the manifest may be long.
      await takeLocks(tx, 'exclusive', [{ kind: 'store', id: storeId }]);
      requireClaim(await this.sealing.finish(tx, attempt, version.version, auditEventId));
    });
  }

  /** @see grants-and-delivery section 5 */
  private async digest(
    attempt: SealAttempt,
  ): Promise<{ version: string; objectCount: number; sizeBytes: bigint }> {
    const hash = createHash('sha256');
    let objectCount = 0;
    let sizeBytes = 0n;
    for (let after: string | undefined = ''; after !== undefined;) {
      const rows = await this.sealing.drafts(this.database.manager, attempt, after, DIGEST_ROWS);
      for (const row of rows) {
        hash.update(manifestLine(row));
        sizeBytes += BigInt(row.size);
      }
      objectCount += rows.length;
      after = rows.at(-1)?.name;
    }
    return { version: hash.digest('hex'), objectCount, sizeBytes };
  }

  private in(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() + milliseconds);
  }
}

function storeFault(detail: string): ConcordatError {
  return new ConcordatError('store_failed', { detail });
}

async function lookAgain(): Promise<void> {
  await pause(LOOK_AGAIN_MS, undefined, { ref: false });
}

function tooSlow(cause: unknown): ConcordatError {
  const detail = 'The store takes too long to list its objects.';
  return new ConcordatError('store_failed', { detail }, { cause });
}

// The transaction rolls back: what this attempt listed is no longer asked for.
function requireClaim(isHeld: boolean): void {
  if (!isHeld) {
    throw new ConcordatError('precondition_failed');
  }
}
