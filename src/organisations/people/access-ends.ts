import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cascade, type Affected, type CascadeHandler } from '../../cascade/cascade.service.js';
import type { Cause } from '../../cascade/cause.js';
import { PersonAccess } from '../../identity/person-access.service.js';
import type { Tx } from '../../platform/database/database.js';
import { MembershipsRepository } from '../memberships/memberships.repository.js';

/**
 * Ends the sessions and personal tokens of whoever is suspended, or has left the last of their organisations: when they are
 * let in again, they sign in again (R3.16).
 */
@Injectable()
export class AccessEnds implements CascadeHandler, OnModuleInit {
  constructor(
    private readonly cascade: Cascade,
    private readonly access: PersonAccess,
    private readonly memberships: MembershipsRepository,
  ) {}

  onModuleInit(): void {
    this.cascade.register('person_suspended', this);
    this.cascade.register('membership_ended', this);
  }

  /** Nothing that rests on data. */
  async preview(): Promise<readonly Affected[]> {
    return Promise.resolve([]);
  }

  async apply(tx: Tx, causes: readonly Cause[]): Promise<number> {
    let ended = 0;
    for (const cause of causes) {
      if ('personId' in cause && (await this.isOut(tx, cause))) {
        ended += await this.access.end(tx, cause.personId, cause.code);
      }
    }
    return ended;
  }

  private async isOut(tx: Tx, cause: Extract<Cause, { personId: string }>): Promise<boolean> {
    return (
      cause.code === 'person_suspended' ||
      (await this.memberships.findOpenOf(tx, cause.personId)).length === 0
    );
  }
}
