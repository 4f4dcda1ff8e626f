import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { PEOPLE_OF } from './reports/names.js';

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;
const NO_LONGER_KNOWN = 'an erased person';

/** People by pseudonym (R5.7) in what was written without thinking of it: conditions, sentences and terms. */
@Injectable()
export class Pseudonyms {
  constructor(private readonly database: Database) {}

  /** @returns the same value of JSON, with the id of every person, wherever it stands in a text, by pseudonym. */
  async replaceIn<T>(value: T): Promise<T> {
    const text = JSON.stringify(value);
    const ids = [...new Set(text.match(UUID))];
    const rows = await this.database.manager.query<{ id: string; pseudonym: string | null }[]>(
      PEOPLE_OF,
      [ids],
    );
    const people = new Map(rows.map(({ id, pseudonym }) => [id, pseudonym ?? NO_LONGER_KNOWN]));
    return JSON.parse(text.replaceAll(UUID, (id) => people.get(id) ?? id)) as T;
  }
}
