import { Injectable, type OnModuleInit } from '@nestjs/common';
import type {
  HandOverHandler,
  Holder,
  Holding,
} from '../organisations/hand-over/hand-over.types.js';
import { HandOvers } from '../organisations/hand-over/hand-overs.service.js';
import type { Database } from '../platform/database/database.js';
import { GrantsRepository } from './grants.repository.js';

/** Grants are of one person: a successor asks for their own. */
@Injectable()
export class GrantHoldings implements HandOverHandler, OnModuleInit {
  constructor(
    private readonly handOvers: HandOvers,
    private readonly grants: GrantsRepository,
  ) {}

  onModuleInit(): void {
    this.handOvers.register(this);
  }

  async plan(
    manager: Database['manager'],
    { personId, organisationId }: Holder,
    _successorId: string | undefined,
    limit: number,
  ): Promise<readonly Holding[]> {
    const ids = await this.grants.listLive(manager, personId, organisationId, limit);
    return ids.map((id) => ({ kind: 'grant', id, label: id, obstacle: 'personal' }));
  }
}
