import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade, type Affected, type CascadeHandler } from '../../cascade/cascade.service.js';
import type { Cause, CauseCode } from '../../cascade/cause.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import type { Tx } from '../../platform/database/database.js';
import type { Actor } from '../acting.js';
import {
  ServiceAccountsRepository,
  type ServiceAccountRow,
  type ServicesOf,
} from './service-accounts.repository.js';

const CAUSES: readonly CauseCode[] = [
  'membership_ended',
  'role_ended',
  'person_suspended',
  'organisation_stopped',
];

/** Disables programs, each with its event: by itself, or with whoever answers for it. Nothing enables them again by itself. */
@Injectable()
export class ServiceStops implements CascadeHandler, OnModuleInit {
  constructor(
    private readonly cascade: Cascade,
    private readonly services: ServiceAccountsRepository,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    for (const code of CAUSES) {
      this.cascade.register(code, this);
    }
  }

  /** Nothing that somebody holds: grants are named by their own handler. */
  async preview(): Promise<readonly Affected[]> {
    return Promise.resolve([]);
  }

  async apply(tx: Tx, causes: readonly Cause[]): Promise<number> {
    let stopped = 0;
    for (const cause of causes) {
      const of = restingOn(cause);
      for (const service of of ? await this.services.lockActive(tx, of) : []) {
        await this.stop(tx, BROKER_ACTOR, service, 'disabled', { reasonCodes: [cause.code] });
        stopped += 1;
      }
    }
    return stopped;
  }

  /** The caller has locked the row. */
  async stop(
    tx: Tx,
    actor: Actor,
    { id, organisationId, clientId, accountableId }: ServiceAccountRow,
    status: 'disabled' | 'ended',
    why: { readonly reasonCodes?: readonly string[]; readonly reasonText?: string },
  ): Promise<void> {
    const { reasonCodes = [], ...words } = why;
    const auditEventId = await this.audit.record(tx, 'service.disabled', {
      ...actor,
      ...words,
      reasonCodes: [...(status === 'ended' ? ['ended'] : []), ...reasonCodes],
      organisationIds: [organisationId],
      targetType: 'service_account',
      targetId: id,
      clientId,
      accountablePersonId: accountableId,
    });
    await this.services.update(tx, id, { status, accountableId, auditEventId });
    await this.services.notifyReaders(tx);
  }
}

function restingOn(cause: Cause): ServicesOf | undefined {
  switch (cause.code) {
    case 'membership_ended':
      return { accountableId: cause.personId, organisationId: cause.organisationId };
    case 'role_ended':
      return {
        accountableId: cause.personId,
        organisationId: cause.organisationId,
        role: cause.role,
      };
    case 'person_suspended':
      return { accountableId: cause.personId };
    case 'organisation_stopped':
      return { organisationId: cause.organisationId };
    default:
      return undefined;
  }
}
