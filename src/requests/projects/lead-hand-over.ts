import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Lock } from '../../kernel/lock-order.js';
import {
  type HandOverHandler,
  type Holder,
  type Holding,
} from '../../organisations/hand-over/hand-over.types.js';
import { HandOvers } from '../../organisations/hand-over/hand-overs.service.js';
import type { Database, Tx } from '../../platform/database/database.js';
import { aboutProject } from './project-gate.js';
import { ProjectsRepository } from './projects.repository.js';

/** A project goes on under another of its members: a researcher of the organisation that leads it. */
@Injectable()
export class LeadHandOver implements HandOverHandler, OnModuleInit {
  constructor(
    private readonly handOvers: HandOvers,
    private readonly projects: ProjectsRepository,
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
    const who = { personId, organisationId, successorId: successorId ?? null };
    const rows = await this.projects.listLed(manager, who, today, limit);
    return rows.map(({ id, reference, isSuccessorIn }) => ({
      kind: 'project_lead',
      id,
      label: reference,
      obstacle: successorId === undefined || isSuccessorIn ? null : 'successor_not_in_project',
    }));
  }

  lockOf({ id }: Holding): Lock {
    return { kind: 'project', id };
  }

  async pass(
    tx: Tx,
    by: Principal,
    { id }: Holding,
    { from, successorId }: { readonly from: Holder; readonly successorId: string },
  ): Promise<void> {
    const { personId, organisationId } = from;
    const auditEventId = await this.audit.record(tx, 'project.updated', {
      ...aboutProject(by, { id, organisationId }),
      changedPaths: ['/members/lead'],
      alsoAbout: [personId, successorId],
    });
    await this.projects.moveLead(tx, id, successorId, auditEventId);
  }
}
