import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** A name for each id of a thing that has one: an organisation's, a dataset's or a store's, or a reference. */
@Injectable()
export class Things {
  async namesOf(
    manager: EntityManager,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await manager.query<{ id: string; name: string }[]>(NAMES, [[...new Set(ids)]]);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}

/** Tables of things, and what each is called by. */
const NAMED = {
  organisation: 'name',
  dataset: 'title',
  partner_store: 'name',
  agreement: 'reference',
  project: 'reference',
  access_request: 'reference',
} as const;

const NAMES = Object.entries(NAMED)
  .map(([table, name]) => `SELECT id, ${name} AS name FROM ${table} WHERE id = ANY($1::uuid[])`)
  .join(' UNION ALL ');
