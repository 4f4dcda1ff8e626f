import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** How people are shown to those who need not know who they are (R5.7). */
@Injectable()
export class PeopleNames {
  async pseudonymsOf(
    manager: EntityManager,
    personIds: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await manager.query<{ id: string; pseudonym: string }[]>(
      'SELECT id, pseudonym FROM person WHERE id = ANY ($1::uuid[])',
      [personIds],
    );
    return new Map(rows.map(({ id, pseudonym }) => [id, pseudonym]));
  }
}
