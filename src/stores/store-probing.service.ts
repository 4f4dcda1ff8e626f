import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Cascade } from '../cascade/cascade.service.js';
import { BROKER_ACTOR, actorFields } from '../identity/actor.js';
import { deputyFields } from '../identity/deputy.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { ProbeCheck } from '../platform/object-store/probe-check.js';
import { StoreProbe, type ProbeResult } from '../platform/object-store/store-probe.js';
import { StoreChanges } from './store-changes.service.js';
import { StoreVault, type StoreCredentials } from './store-credentials.js';
import { StoreProbesRepository } from './store-probes.repository.js';
import { StoreLocations } from './store-locations.service.js';
import type { StoreEntity } from './store.entity.js';
import {
  failedChecks,
  failedSecurityChecks,
  moveAfterProbe,
  STORE_TRANSITIONS,
  type StoreStatus,
} from './store.rules.js';
import { StoresRepository } from './stores.repository.js';

/** Grants want a probe of at most 26 hours: passing stores are asked again well before. */
const PASSED_HOURS = 20;
const FAILED_MINUTES = 15;
const MAX_DUE = 50;
/** A probe has a deadline of its own: so many slow stores at a time keep the others waiting no longer than that. */
const AT_ONCE = 4;

export interface ProbeView {
  readonly status: StoreStatus;
  readonly passed: boolean;
  readonly ranAt: string;
  readonly checks: readonly ProbeCheck[];
}

/** Runs probes and acts on what they find: outside a transaction the questions, inside one the result. */
@Injectable()
export class StoreProbing {
  private readonly log = new Logger(StoreProbing.name);

  // eslint-disable-next-line max-params -- the probe, what it needs, and where its result goes
  constructor(
    private readonly database: Database,
    private readonly stores: StoresRepository,
    private readonly changes: StoreChanges,
    private readonly locations: StoreLocations,
    private readonly vault: StoreVault,
    private readonly storeProbe: StoreProbe,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    private readonly results: StoreProbesRepository,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * @param prefix where to look for an object to read.
   * @throws ConcordatError `precondition_failed` when the store was changed while it was being probed.
   */
  async probe(principal: Principal, id: string, prefix?: string): Promise<ProbeView> {
    const store = await this.changes.read(principal, id, 'store:probe');
    return this.run(store, principal, prefix);
  }

  /** Probes every store whose last probe is too old, a few at once. @returns how many were probed. */
  async probeDue(signal?: AbortSignal, passedHours = PASSED_HOURS): Promise<number> {
    const now = this.clock.now().getTime();
    const { manager } = this.database;
    const due = await this.stores.findProbeDue(
      manager,
      {
        passedBefore: new Date(now - passedHours * 3_600_000),
        failedBefore: new Date(now - FAILED_MINUTES * 60_000),
      },
      MAX_DUE,
    );
    const waiting = due.values();
    let probed = 0;
    const probeOneByOne = async (): Promise<void> => {
      for (const id of waiting) {
        if (signal?.aborted === true) {
          return;
        }
        const isProbed = await this.tryProbe(id);
        probed += isProbed ? 1 : 0;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, probeOneByOne));
    return probed;
  }

  private async tryProbe(id: string): Promise<boolean> {
    try {
      await this.run(await this.changes.load(this.database.manager, id), null);
      return true;
    } catch (error) {
      this.log.error({
        msg: 'A probe failed',
        code: 'store_probe_failed',
        storeId: id,
        err: error,
      });
      return false;
    }
  }

  private async run(probed: StoreEntity, by: Principal | null, asked?: string): Promise<ProbeView> {
    const { id } = probed;
    if (probed.status === 'retired') {
      throw new ConcordatError('transition_not_allowed', { from: 'retired', move: 'probe' });
    }
    const prefix = asked ?? (await this.stores.findPrefix(this.database.manager, id)) ?? '';
    const location = this.locations.locate(probed);
    const earlier = this.vault.openSession(probed);
    const log = this.locations.logOf(probed);
    const result = await this.storeProbe.run(location, prefix, { earlier, log });
    return this.changes.locked(id, async (tx, store) => {
      if (!isSame(store, probed)) {
        throw new ConcordatError('precondition_failed');
      }
      return this.save(tx, store, result, by);
    });
  }

  /** What a probe would find with other keys. Nothing is kept of it. */
  async tryKeys(store: StoreEntity, keys: StoreCredentials): Promise<ProbeResult> {
    const prefix = (await this.stores.findPrefix(this.database.manager, store.id)) ?? '';
    const log = this.locations.logOf(store);
    return this.storeProbe.run({ ...this.locations.locate(store), ...keys }, prefix, {
      earlier: this.vault.openSession(store),
      log: log && { ...log, place: { ...log.place, ...keys } },
    });
  }

  /** Keeps a result, with its events and what follows from it. @param by null: the broker itself. */
  async save(
    tx: Tx,
    store: StoreEntity,
    result: ProbeResult,
    by: Principal | null,
  ): Promise<ProbeView> {
    const about = {
      ...(by ? actorOf(by, store) : BROKER_ACTOR),
      organisationIds: [store.organisationId],
      targetType: 'store',
      targetId: store.id,
    };
    const move = moveAfterProbe(store.status, result);
    const status = move ? STORE_TRANSITIONS[move].to : store.status;
    const probedEventId = await this.audit.record(
      tx,
      result.passed ? 'store.probe-passed' : 'store.probe-failed',
      { ...about, reasonCodes: failedChecks(result) },
    );
    const auditEventId =
      move === 'suspend'
        ? await this.audit.record(tx, 'store.suspended', {
            ...about,
            reasonCodes: failedSecurityChecks(result),
          })
        : probedEventId;
    const ranAt = this.clock.now();
    await this.stores.update(tx, store.id, {
      probe: [...result.checks],
      probedAt: ranAt,
      probePassed: result.passed,
      probeSession: this.vault.sealSession(store, result.session),
      clockOffsetSeconds: result.clockOffsetSeconds,
      status,
      auditEventId,
    });
    if (move === 'suspend') {
      await this.cascade.apply(tx, { code: 'store_suspended', storeId: store.id });
    }
    const { passed, checks } = result;
    await this.results.keep(tx, store.id, { id: this.ids.next(), ranAt, passed, checks });
    return { status, passed, ranAt: ranAt.toISOString(), checks };
  }
}

function actorOf(principal: Principal, { organisationId }: StoreEntity) {
  return {
    ...actorFields(principal, organisationId),
    ...deputyFields(principal, organisationId),
  };
}

// What was probed is what the result is about: other keys or another status, and it says nothing.
function isSame(store: StoreEntity, probed: StoreEntity): boolean {
  return (
    store.credentialVersion === probed.credentialVersion &&
    store.endpoint === probed.endpoint &&
    store.status === probed.status
  );
}
