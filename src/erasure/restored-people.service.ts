import { Injectable } from '@nestjs/common';
import { NOBODY } from '../audit/event-preparation.js';
import { Database } from '../platform/database/database.js';
import { takeLocks } from '../platform/database/locks.js';
import { SubjectKeys } from '../platform/secrets/subject-keys.js';
import { ErasuresRepository } from './erasures.repository.js';
import { PersonErasure } from './person-erasure.service.js';

const PAGE = 1_000;

/**
 * Erases again whom a restored backup of the main database has brought back: the secrets database remembers whose keys
 * were destroyed.
 */
@Injectable()
export class RestoredPeople {
  constructor(
    private readonly database: Database,
    private readonly subjectKeys: SubjectKeys,
    private readonly erasures: ErasuresRepository,
    private readonly erasure: PersonErasure,
  ) {}

  /** @returns how many it erased. */
  async sweep(signal: AbortSignal = new AbortController().signal): Promise<number> {
    let erased = 0;
    let page = await this.subjectKeys.listErased(NOBODY, PAGE);
    while (page.length > 0 && !signal.aborted) {
      for (const id of await this.erasures.listUnerased(this.database.manager, page)) {
        await this.eraseAgain(id);
        erased += 1;
      }
      page = await this.subjectKeys.listErased(page.at(-1) ?? NOBODY, PAGE);
    }
    return erased;
  }

  private async eraseAgain(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'person', id }]);
      const person = await this.erasures.findPerson(tx, id);
      if (person && person.status !== 'erased') {
        await this.erasure.repeat(tx, person);
      }
    });
  }
}
