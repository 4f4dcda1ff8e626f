import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Cascade, type Affected, type CascadeHandler } from '../../cascade/cascade.service.js';
import { CAUSE_CODES, type Cause } from '../../cascade/cause.js';
import { Clock } from '../../kernel/clock.js';
import type { Database, Tx } from '../../platform/database/database.js';
import { ClosureOpening } from '../closure/closure-opening.service.js';
import {
  anyOf,
  endCondition,
  lapseCondition,
  of,
  under,
  type EndCondition,
} from './end-conditions.js';
import { GrantEndings } from './grant-endings.service.js';
import { GrantEndingsRepository, type EndingGrant } from './grant-endings.repository.js';
import { LapsesRepository } from './lapses.repository.js';
import { Uses, type Ended } from './ended.js';
import { Supersessions } from './supersessions.service.js';

/** One statement finds and locks so many; one writes the ends of a slice of them. */
const LOCKED_AT_ONCE = 5_000;
const AT_ONCE = 500;

/** Ends the grants that rest on what stopped, whatever it is: one handler for every cause (domain.md section 3). */
@Injectable()
export class GrantCascade implements CascadeHandler, OnModuleInit {
  // eslint-disable-next-line max-params -- a port, what it ends, how, and the clock
  constructor(
    private readonly cascade: Cascade,
    private readonly repository: GrantEndingsRepository,
    private readonly endings: GrantEndings,
    private readonly lapses: LapsesRepository,
    private readonly supersessions: Supersessions,
    private readonly closures: ClosureOpening,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    for (const code of CAUSE_CODES) {
      this.cascade.register(code, this);
    }
  }

  async preview(
    manager: Database['manager'],
    cause: Cause,
    limit: number,
    concerning: readonly string[] | null,
  ): Promise<readonly Affected[]> {
    const grants =
      cause.code === 'version_superseded'
        ? await this.supersessions.preview(manager, cause, limit)
        : await this.previewStop(manager, cause, { limit, concerning });
    return grants.map(({ id, personId, organisationId, datasetId }) => ({
      kind: 'grant',
      id,
      personId,
      organisationId,
      datasetId,
    }));
  }

  /**
   * Locks all grants before it ends one, and what they leave owed after the last: in that order a revocation holds the one
   * and waits for the other. One notice for the whole cascade, and none when it ends nothing: a notice takes a lock of the
   * whole database.
   */
  async apply(tx: Tx, causes: readonly Cause[]): Promise<number> {
    if (causes.length > 1) {
      await this.lockAll(tx, causes);
    }
    const uses = new Uses();
    let ended = 0;
    let changed = 0;
    for (const cause of causes) {
      const done =
        cause.code === 'version_superseded'
          ? await this.supersessions.apply(tx, cause)
          : await this.stop(tx, cause);
      uses.add(done.uses);
      ended += done.ended;
      changed += done.changed;
    }
    await this.closures.openAfter(tx, uses.all());
    if (changed > 0) {
      await this.repository.notify(tx);
    }
    return ended;
  }

  // One statement locks in the order of ids, which one for each cause would not.
  private async lockAll(tx: Tx, causes: readonly Cause[]): Promise<void> {
    const conditions: EndCondition[] = [];
    for (const cause of causes) {
      const condition =
        cause.code === 'version_superseded'
          ? under(cause.agreementId, cause.version)
          : await this.conditionOf(tx, cause, 'apply');
      conditions.push(...(condition ? [condition] : []));
    }
    if (conditions.length > 0) {
      await this.repository.lockAll(tx, anyOf(conditions), this.clock.now());
    }
  }

  private async previewStop(
    manager: Database['manager'],
    cause: StopCause,
    { limit, concerning }: { limit: number; concerning: readonly string[] | null },
  ): Promise<readonly EndingGrant[]> {
    const condition = await this.conditionOf(manager, cause, 'preview');
    const now = this.clock.now();
    return condition
      ? this.repository.findLive(manager, of(concerning, condition), now, limit)
      : [];
  }

  private async stop(tx: Tx, cause: StopCause): Promise<Ended> {
    const condition = await this.conditionOf(tx, cause, 'apply');
    const uses = new Uses();
    let ended = 0;
    for (let batch = LOCKED_AT_ONCE; condition && batch === LOCKED_AT_ONCE; ended += batch) {
      const now = this.clock.now();
      const grants = await this.repository.lockLive(tx, condition, now, LOCKED_AT_ONCE);
      batch = grants.length;
      for (let at = 0; at < batch; at += AT_ONCE) {
        await this.endings.revoke(tx, grants.slice(at, at + AT_ONCE), { reason: cause.code });
      }
      uses.add(grants);
    }
    return { ended, changed: ended, uses: uses.all() };
  }

  private async conditionOf(
    manager: Database['manager'],
    cause: StopCause,
    when: 'preview' | 'apply',
  ): Promise<EndCondition | undefined> {
    switch (cause.code) {
      case 'accreditation_lapsed':
      case 'training_lapsed':
      case 'organisation_check_lapsed': {
        const lacking = await this.lapses.lackingAfter(manager, cause, this.clock.now(), when);
        return lacking.length > 0 ? lapseCondition(cause, lacking) : undefined;
      }
      default:
        return endCondition(cause);
    }
  }
}

type StopCause = Exclude<Cause, { code: 'version_superseded' }>;
