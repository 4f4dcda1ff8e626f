import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cascade, type Affected, type CascadeHandler } from '../../cascade/cascade.service.js';
import type { Cause } from '../../cascade/cause.js';
import type { Tx } from '../../platform/database/database.js';
import { AccessRequestsRepository } from '../access-requests.repository.js';

/**
 * A request follows its agreement to the next version, in the transaction that puts it in force. The undertaking stays that
 * of the terms which were read, unless none but contacts changed: so the next issue asks for it anew (R3.2, R3.4).
 */
@Injectable()
export class FollowedVersions implements CascadeHandler, OnModuleInit {
  constructor(
    private readonly cascade: Cascade,
    private readonly requests: AccessRequestsRepository,
  ) {}

  onModuleInit(): void {
    this.cascade.register('version_superseded', this);
  }

  /** Following ends nothing. */
  preview(): Promise<readonly Affected[]> {
    return Promise.resolve([]);
  }

  async apply(tx: Tx, causes: readonly Cause[]): Promise<number> {
    for (const cause of causes) {
      if (cause.code === 'version_superseded') {
        await this.requests.follow(tx, cause);
      }
    }
    return 0;
  }
}
