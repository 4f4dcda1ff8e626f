import { Injectable } from '@nestjs/common';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { Database } from '../../platform/database/database.js';
import type { CsvRow } from '../../platform/web/csv/csv.rules.js';
import { REGISTER_FIELDS, type PublishedUse, type RegisterEntry } from './register.types.js';
import { toRegisterEntry } from './register.view.js';
import { RegisterRepository } from './register.repository.js';

const ROWS_PER_READ = 100;

/** The public disclosure register: who uses which kind of data for what, from live records. Anonymous, so no event (R5.3). */
@Injectable()
export class Register {
  constructor(
    private readonly database: Database,
    private readonly uses: RegisterRepository,
    private readonly vocabularies: Vocabularies,
  ) {}

  /** Newest approval first. */
  async page(after: string | null, limit: number): Promise<readonly PublishedUse[]> {
    return this.uses.page(this.database.manager, after, limit);
  }

  entryOf(use: PublishedUse): RegisterEntry {
    return toRegisterEntry(use, this.vocabularies.terms);
  }

  /** All of it, in batches; between two of them no connection is held. */
  async *batches(): AsyncGenerator<readonly CsvRow[]> {
    let after: string | null = null;
    for (;;) {
      const uses: readonly PublishedUse[] = await this.page(after, ROWS_PER_READ);
      yield uses.map((use) => {
        const entry = this.entryOf(use);
        return REGISTER_FIELDS.map((name) => entry[name]);
      });
      after = uses.at(-1)?.id ?? null;
      if (uses.length < ROWS_PER_READ || after === null) {
        return;
      }
    }
  }
}
