import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import {
  applyChange,
  confirm,
  EMPTY_SNAPSHOT,
  type PolicyChange,
  type Snapshot,
} from '../engine/snapshot.js';
import { PolicyListener } from './policy-listener.js';
import { PolicyRepository } from './policy.repository.js';

const POLL_MS = 1_000;

/**
 * The node's snapshot: read at boot, again when a publication is announced, and polled each second, for a NOTIFY may
 * never come. Replaced by reference, so a decision sees all of a version or nothing of it.
 */
@Injectable()
export class PolicyHolder implements OnApplicationShutdown {
  private readonly log = new Logger(PolicyHolder.name);
  private snapshot = EMPTY_SNAPSHOT;
  private timer: NodeJS.Timeout | undefined;
  private queued: Promise<void> | undefined;
  private last: Promise<void> = Promise.resolve();
  private isFailing = false;

  constructor(
    private readonly database: Database,
    private readonly repository: PolicyRepository,
    private readonly listener: PolicyListener,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Loads the first snapshot and starts to follow the head. */
  async start(): Promise<void> {
    await this.listener.connect(() => void this.poll());
    await this.refresh();
    this.timer = setInterval(() => void this.poll(), POLL_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.listener.close();
    await this.last;
  }

  /** Says itself when it was last confirmed: whoever decides refuses a stale one. */
  current(): Snapshot {
    return this.snapshot;
  }

  /** Reads the head and, if it moved, what changed. One more read starts after any that is under way. */
  refresh(): Promise<void> {
    this.queued ??= this.last.then(() => {
      this.queued = undefined;
      return this.load();
    });
    this.last = this.queued.catch(() => undefined);
    return this.queued;
  }

  /**
   * Brings the snapshot to the head as `tx` sees it, on the connection of `tx`: issues that all waited for a second one
   * would exhaust the pool. `tx` holds the policy lock, so the head stands still and this also confirms it.
   */
  async follow(tx: Tx, version: number): Promise<void> {
    const askedAt = this.clock.now().getTime();
    if (this.snapshot.version !== version) {
      this.adopt(await this.repository.changeSince(tx, this.snapshot.version));
    }
    if (this.snapshot.version === version) {
      this.snapshot = confirm(this.snapshot, askedAt);
    }
  }

  private async load(): Promise<void> {
    const askedAt = this.clock.now().getTime();
    let head = await this.repository.headVersion(this.database.manager);
    if (head !== this.snapshot.version) {
      const change = await this.readChange();
      this.adopt(change);
      head = change.to;
    }
    // A head behind the snapshot is a database set back: its rules are not these, so this stays unconfirmed and stale.
    if (this.snapshot.version === head) {
      this.snapshot = confirm(this.snapshot, askedAt);
    }
  }

  private readChange(): Promise<PolicyChange> {
    const from = this.snapshot.version;
    return this.database.transaction(async (tx) => {
      await this.repository.readOneState(tx);
      return this.repository.changeSince(tx, from);
    });
  }

  // Never backwards, and never a change that starts elsewhere: another read may have been faster.
  private adopt(change: PolicyChange): void {
    if (change.from === this.snapshot.version && change.to > change.from) {
      this.snapshot = applyChange(this.snapshot, change);
    }
  }

  // Hearing of publications is a help, not a need: without a listener each poll still reads the head.
  private async poll(): Promise<void> {
    const results = [
      ...(await Promise.allSettled([this.listener.connect(() => void this.poll())])),
      ...(await Promise.allSettled([this.refresh()])),
    ];
    const failure = results.find((result) => result.status === 'rejected');
    if (failure && !this.isFailing) {
      const { reason: error } = failure as { reason: unknown };
      this.log.warn({
        msg: 'The policy head cannot be followed',
        code: 'policy_unavailable',
        error,
      });
    }
    this.isFailing = failure !== undefined;
  }
}
