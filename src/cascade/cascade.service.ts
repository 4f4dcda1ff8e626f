import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Database, Tx } from '../platform/database/database.js';
import { CAUSE_CODES, type Cause, type CauseCode } from './cause.js';

/** One thing that a cause would end: a grant, with whom it concerns. */
export interface Affected {
  readonly kind: string;
  readonly id: string;
  readonly personId: string;
  readonly organisationId: string;
  readonly datasetId: string;
}

/** Ends, or says it would end, what rests on a cause. Registered at boot by the folder that holds those things. */
export interface CascadeHandler {
  /** @param concerning only what is held or provided by one of these organisations; null: whoever's. */
  preview(
    manager: Database['manager'],
    cause: Cause,
    limit: number,
    concerning: readonly string[] | null,
  ): Promise<readonly Affected[]>;
  /**
   * Ends them in the causing transaction, each with its own event. Of several causes the first to concern a thing ends it.
   * @returns how many it ended.
   */
  apply(tx: Tx, causes: readonly Cause[]): Promise<number>;
}

/** How many a preview names at most: one more page would say no more to a person. */
export const PREVIEW_LIMIT = 1000;

/** The port by which an upper folder ends what a lower one holds, in one transaction (law 1). */
@Injectable()
export class Cascade implements OnApplicationBootstrap {
  /** Each with the causes that it answers, in the order of their registration, which is that of the folders. */
  private readonly handlers = new Map<CascadeHandler, Set<CauseCode>>();

  register(code: CauseCode, handler: CascadeHandler): void {
    this.handlers.set(handler, (this.handlers.get(handler) ?? new Set()).add(code));
  }

  /** @throws Error naming every cause without a handler: a cause that ends nothing would fail open. */
  onApplicationBootstrap(): void {
    const answered = new Set([...this.handlers.values()].flatMap((codes) => [...codes]));
    const missing = CAUSE_CODES.filter((code) => !answered.has(code));
    if (missing.length > 0) {
      throw new Error(`No cascade handler for ${missing.join(', ')}`);
    }
  }

  /** What the cause would end now, at most 1,000. @param concerning one of these organisations; null: whomever. */
  async preview(
    manager: Database['manager'],
    cause: Cause,
    concerning: readonly string[] | null = null,
  ): Promise<readonly Affected[]> {
    const affected: Affected[] = [];
    for (const [handler] of this.handlersOf([cause])) {
      const limit = PREVIEW_LIMIT - affected.length;
      affected.push(...(await handler.preview(manager, cause, limit, concerning)));
    }
    return affected;
  }

  /**
   * Ends everything that rests on the causes. To be called once in a transaction, with all of its causes: a handler takes
   * its locks together, and whoever called it again while holding the last of them could deadlock. A failing handler rolls
   * the causing transaction back.
   */
  async apply(tx: Tx, ...causes: readonly Cause[]): Promise<number> {
    let ended = 0;
    for (const [handler, its] of this.handlersOf(causes)) {
      ended += await handler.apply(tx, its);
    }
    return ended;
  }

  private handlersOf(
    causes: readonly Cause[],
  ): readonly (readonly [CascadeHandler, readonly Cause[]])[] {
    return [...this.handlers]
      .map(([handler, codes]) => [handler, causes.filter(({ code }) => codes.has(code))] as const)
      .filter(([, its]) => its.length > 0);
  }
}
