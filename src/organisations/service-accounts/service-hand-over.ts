import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Database, Tx } from '../../platform/database/database.js';
import { actorOn } from '../acting.js';
import type { HandOverHandler, Holder, Holding } from '../hand-over/hand-over.types.js';
import { HandOvers } from '../hand-over/hand-overs.service.js';
import { ServiceAccountsRepository } from './service-accounts.repository.js';

/** Programs go on under a successor who holds their roles. */
@Injectable()
export class ServiceHandOver implements HandOverHandler, OnModuleInit {
  constructor(
    private readonly handOvers: HandOvers,
    private readonly services: ServiceAccountsRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.handOvers.register(this);
  }

  async plan(
    manager: Database['manager'],
    { personId, organisationId }: Holder,
    successorId: string | undefined,
    limit: number,
  ): Promise<readonly Holding[]> {
    const today = londonDay(this.clock.now());
    const rows = await this.services.listOf(manager, personId, organisationId, limit);
    const held = successorId
      ? await this.services.ownRolesOf(manager, successorId, organisationId, today)
      : undefined;
    return rows.map(({ id, name, roles }) => ({
      kind: 'service_account',
      id,
      label: name,
      obstacle: held && !roles.every((role) => held.includes(role)) ? 'successor_lacks_role' : null,
    }));
  }

  async pass(
    tx: Tx,
    by: Principal,
    { id }: Holding,
    { successorId }: { readonly successorId: string },
  ): Promise<void> {
    const service = await this.services.lock(tx, id);
    if (!service) {
      return;
    }
    const { organisationId, clientId, status } = service;
    const auditEventId = await this.audit.record(tx, 'service.updated', {
      ...actorOn(by, organisationId),
      organisationIds: [organisationId],
      targetType: 'service_account',
      targetId: id,
      clientId,
      accountablePersonId: successorId,
      changedPaths: ['/accountablePersonId'],
      alsoAbout: [service.accountableId],
    });
    await this.services.update(tx, id, { status, accountableId: successorId, auditEventId });
  }
}
