import { Injectable } from '@nestjs/common';
import { Receipts } from '../audit/receipts.service.js';
import type { Principal } from '../identity/principal.js';
import { ConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import { GrantsRepository } from './grants.repository.js';
import { GrantsService } from './grants.service.js';

/** The proof that the issue of a grant is in the public log. */
@Injectable()
export class GrantReceipts {
  constructor(
    private readonly database: Database,
    private readonly repository: GrantsRepository,
    private readonly grants: GrantsService,
    private readonly receipts: Receipts,
  ) {}

  /** @throws ConcordatError `not_found` for a grant that the caller may not read; `receipt_pending`. */
  async of(principal: Principal, id: string): Promise<string> {
    await this.grants.get(principal, id);
    return this.receipts.of(await this.issueOf(id));
  }

  /** Of a grant that was just issued to the caller; undefined when it is not published within `ms`. */
  async within(id: string, ms: number): Promise<string | undefined> {
    return this.receipts.within(await this.issueOf(id), ms);
  }

  private async issueOf(id: string): Promise<string> {
    const eventId = await this.repository.issueEventOf(this.database.manager, id);
    if (eventId === undefined) {
      throw new ConcordatError('not_found');
    }
    return eventId;
  }
}
