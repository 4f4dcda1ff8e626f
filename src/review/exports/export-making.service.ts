import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { chunksOf } from './chunks.js';
import { ExportClaimsRepository, type MadeSoFar } from './export-claims.repository.js';
import { ExportContents } from './export-contents.service.js';
import { ExportEnds } from './export-ends.service.js';
import {
  CLAIM_MS,
  KEPT_MS,
  MAX_ATTEMPTS,
  MAX_BYTES,
  PUBLISHED_EVERY_MS,
  PUBLISHED_WITHIN_MS,
  RETRY_MS,
} from './export-limits.js';
import { ExportWriting } from './export-writing.service.js';
import type { ExportClaim } from './export.types.js';
import { NotPublishedYet } from './packs/pack-files.service.js';

/** Another process has the export by now, or it has ended. */
class ClaimLost extends Error {}
class TooLarge extends Error {}

/**
 * Makes exports, each by one process at a time and part by part. What a dead process left of one is thrown away, and the
 * next begins at its beginning: a file is whole, or it is not there.
 */
@Injectable()
export class ExportMaking {
  private readonly log = new Logger(ExportMaking.name);

  // eslint-disable-next-line max-params -- what is made, where it is kept, how it ends, and the two ports
  constructor(
    private readonly database: Database,
    private readonly claims: ExportClaimsRepository,
    private readonly writing: ExportWriting,
    private readonly contents: ExportContents,
    private readonly ends: ExportEnds,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Makes what is due, one after the other. @returns how many it took. */
  async makeDue(signal: AbortSignal = new AbortController().signal): Promise<number> {
    let taken = 0;
    while (!signal.aborted && (await this.make(undefined, signal))) {
      taken += 1;
    }
    return taken;
  }

  /** @param id absent: whichever is due. @returns false when none is. */
  async make(id?: string, signal: AbortSignal = new AbortController().signal): Promise<boolean> {
    const claim = await this.claim(id);
    if (!claim) {
      return false;
    }
    try {
      if (claim.attempts > MAX_ATTEMPTS) {
        await this.ends.end(claim.id, 'failed', 'making_failed', claim.claim);
      } else {
        await this.write(claim, signal);
      }
    } catch (error) {
      await this.giveBack(claim, error, signal);
    }
    return true;
  }

  private claim(id: string | undefined): Promise<ExportClaim | undefined> {
    const now = this.clock.now();
    const due = { now, until: this.in(CLAIM_MS), ...(id === undefined ? {} : { id }) };
    return this.database.transaction((tx) => this.claims.claim(tx, this.ids.next(), due));
  }

  private async write(claim: ExportClaim, signal: AbortSignal): Promise<void> {
    const hash = createHash('sha256');
    const progress = { written: 0 };
    const made = { chunks: 0, bytes: 0 };
    for await (const chunk of chunksOf(this.writing.of(claim, progress))) {
      signal.throwIfAborted();
      hash.update(chunk);
      made.bytes += chunk.length;
      if (made.bytes > MAX_BYTES) {
        throw new TooLarge();
      }
      const n = made.chunks;
      made.chunks += 1;
      await this.keep(claim, n, chunk, { ...made, ...progress });
    }
    const expiresAt = this.in(KEPT_MS);
    const { manager } = this.database;
    await this.claims.finish(manager, claim, { sha256: hash.digest(), expiresAt });
  }

  private async keep(claim: ExportClaim, n: number, chunk: Buffer, made: MadeSoFar): Promise<void> {
    const body = await this.contents.seal(claim.id, n, chunk);
    await this.database.transaction(async (tx) => {
      if (!(await this.claims.hold(tx, claim, this.in(CLAIM_MS), made))) {
        throw new ClaimLost();
      }
      await this.claims.addChunk(tx, claim.id, n, body);
    });
  }

  private async giveBack(claim: ExportClaim, error: unknown, signal: AbortSignal): Promise<void> {
    const { id } = claim;
    const { manager } = this.database;
    if (error instanceof ClaimLost) {
      return;
    }
    if (error instanceof TooLarge) {
      await this.ends.end(id, 'failed', 'too_large', claim.claim);
    } else if (error instanceof NotPublishedYet) {
      await this.waitForLog(claim);
    } else if (signal.aborted) {
      await this.claims.postpone(manager, claim, this.in(0), false);
    } else {
      this.log.warn({ msg: 'An export failed', code: 'export_failed', exportId: id, err: error });
      await this.claims.postpone(manager, claim, this.in(RETRY_MS), true);
    }
  }

  /** The log takes a second to publish an event; one that is halted does not. */
  private async waitForLog(claim: ExportClaim): Promise<void> {
    if (this.clock.now().getTime() - claim.createdAt.getTime() > PUBLISHED_WITHIN_MS) {
      await this.ends.end(claim.id, 'failed', 'not_published', claim.claim);
    } else {
      await this.claims.postpone(this.database.manager, claim, this.in(PUBLISHED_EVERY_MS), false);
    }
  }

  private in(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() + milliseconds);
  }
}
