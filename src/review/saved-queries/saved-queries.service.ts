import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { SavedQueriesRepository, type SavedQuery } from './saved-queries.repository.js';

const MOST = 50;

/** Searches that somebody keeps under a name: theirs alone, and no event, for they say nothing of anybody. */
@Injectable()
export class SavedQueries {
  constructor(
    private readonly database: Database,
    private readonly repository: SavedQueriesRepository,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  list({ personId }: Principal): Promise<readonly SavedQuery[]> {
    return this.repository.list(personId, MOST);
  }

  /** @throws ConcordatError `input_invalid` for a name that is taken, and for one more than there may be. */
  async save({ personId }: Principal, name: string, query: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { count, isTaken } = await this.repository.count(tx, personId, name);
      if (isTaken || count >= MOST) {
        const reason = isTaken ? 'is taken' : `is one too many: you may keep ${String(MOST)}`;
        throw new ConcordatError('input_invalid', { errors: [{ pointer: '/name', reason }] });
      }
      await this.repository.insert(tx, personId, { id: this.ids.next(), name, query });
    });
  }

  /** @throws ConcordatError `not_found` for one that is not theirs. */
  async remove({ personId }: Principal, id: string): Promise<void> {
    const isGone = await this.database.transaction((tx) =>
      this.repository.remove(tx, personId, id),
    );
    if (!isGone) {
      throw new ConcordatError('not_found');
    }
  }
}
