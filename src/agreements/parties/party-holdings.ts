import { Injectable, type OnModuleInit } from '@nestjs/common';
import type {
  HandOverHandler,
  Holder,
  Holding,
} from '../../organisations/hand-over/hand-over.types.js';
import { HandOvers } from '../../organisations/hand-over/hand-overs.service.js';
import type { Database } from '../../platform/database/database.js';
import { PartyHoldingsRepository } from './party-holdings.repository.js';

/** Agreements that name a member: their terms are signed or being drafted, so a successor enters by these ways alone. */
@Injectable()
export class PartyHoldings implements HandOverHandler, OnModuleInit {
  constructor(
    private readonly handOvers: HandOvers,
    private readonly named: PartyHoldingsRepository,
  ) {}

  onModuleInit(): void {
    this.handOvers.register(this);
  }

  async plan(
    manager: Database['manager'],
    holder: Holder,
    _successorId: string | undefined,
    limit: number,
  ): Promise<readonly Holding[]> {
    const rows = await this.named.list(manager, holder, limit);
    return rows.map(({ kind, id, reference, isDraft }) => ({
      kind,
      id,
      label: reference,
      obstacle: isDraft ? 'draft_names_them' : 'needs_amendment',
    }));
  }
}
