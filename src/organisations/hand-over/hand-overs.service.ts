import { Inject, Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { MembershipsRepository } from '../memberships/memberships.repository.js';
import type { HandOverHandler, Holder, Holding } from './hand-over.types.js';

/** Of each kind; more than anybody holds. */
const MAX_HOLDINGS = 500;

/** What passes on, and what does not and why. */
export interface HandOverView {
  readonly passes: readonly Holding[];
  readonly stays: readonly Holding[];
}

interface Planned {
  readonly handler: HandOverHandler;
  readonly holding: Holding;
}

/** What somebody holds in an organisation goes to a successor: all that can, in one transaction. */
@Injectable()
export class HandOvers {
  private readonly handlers: HandOverHandler[] = [];

  constructor(
    private readonly database: Database,
    private readonly memberships: MembershipsRepository,
    private readonly authorisation: Authorisation,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Called at boot by each folder where members hold something. */
  register(handler: HandOverHandler): void {
    this.handlers.push(handler);
  }

  /** What the member holds. @param successorId to see what would pass to them. */
  async preview(
    principal: Principal,
    membershipId: string,
    successorId: string | undefined,
  ): Promise<HandOverView> {
    const { manager } = this.database;
    const holder = await this.holderOf(manager, principal, membershipId);
    if (successorId !== undefined) {
      await this.requireSuccessor(manager, holder, successorId);
    }
    return viewOf(await this.plan(manager, holder, successorId));
  }

  /** @throws ConcordatError `input_invalid` (422) for a successor who is no other live member. */
  async handOver(
    principal: Principal,
    membershipId: string,
    successorId: string,
  ): Promise<HandOverView> {
    return this.database.transaction(async (tx) => {
      const from = await this.holderOf(tx, principal, membershipId);
      await this.lock(tx, from, successorId);
      await this.requireSuccessor(tx, from, successorId);
      // Once more: the first look was at a time before the locks.
      const planned = await this.plan(tx, from, successorId);
      for (const { handler, holding } of planned.filter(({ holding: { obstacle } }) => !obstacle)) {
        await handler.pass?.(tx, principal, holding, { from, successorId });
      }
      return viewOf(planned);
    });
  }

  private async lock(tx: Tx, { personId, organisationId }: Holder, to: string): Promise<void> {
    const planned = await this.plan(tx, { personId, organisationId }, to);
    const things = planned.flatMap(({ handler, holding }) => handler.lockOf?.(holding) ?? []);
    const people = [personId, to].map((id) => ({ kind: 'person', id }) as const);
    await takeLocks(tx, 'exclusive', [...things, ...people]);
  }

  private async plan(
    manager: Database['manager'],
    holder: Holder,
    successorId: string | undefined,
  ): Promise<readonly Planned[]> {
    const planned: Planned[] = [];
    for (const handler of this.handlers) {
      const holdings = await handler.plan(manager, holder, successorId, MAX_HOLDINGS);
      planned.push(...holdings.map((holding) => ({ handler, holding })));
    }
    return planned;
  }

  // The member themselves, or who may let them go.
  private async holderOf(
    manager: Database['manager'],
    principal: Principal,
    membershipId: string,
  ): Promise<Holder> {
    const membership = await this.memberships.find(manager, membershipId);
    if (!membership) {
      throw new ConcordatError('not_found');
    }
    const { personId, organisationId } = membership;
    const resource = { organisationIds: [organisationId], personId };
    this.authorisation.require(principal, 'membership:hand_over', resource);
    return { personId, organisationId };
  }

  private async requireSuccessor(
    manager: Database['manager'],
    { personId, organisationId }: Holder,
    successorId: string,
  ): Promise<void> {
    const today = londonDay(this.clock.now());
    const { memberships } = this;
    const live = await memberships.findLiveOf(manager, successorId, organisationId, today);
    if (!live || successorId === personId) {
      const reason = 'must be another member of the organisation';
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/successorId', reason }] });
    }
  }
}

function viewOf(planned: readonly Planned[]): HandOverView {
  const holdings = planned.map(({ holding }) => holding);
  return {
    passes: holdings.filter(({ obstacle }) => obstacle === null),
    stays: holdings.filter(({ obstacle }) => obstacle !== null),
  };
}
