import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

export interface RevealedRow {
  readonly id: string;
  readonly pseudonym: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly isErased: boolean;
  /** Whether an officer of these organisations has to do with them. */
  readonly isSeen: boolean;
}

/**
 * R5.8: who works or worked there, held a grant there or of their data, or is in an event that names it. What reading the trail
 * leaves in it does not count: whoever asks about somebody would have to do with them by asking.
 */
const SEEN = `(
  EXISTS (SELECT FROM membership m WHERE m.person_id = p.id AND m.organisation_id = ANY ($2::uuid[]))
  OR EXISTS (SELECT FROM grants g WHERE g.person_id = p.id
    AND (g.organisation_id = ANY ($2::uuid[]) OR g.provider_id = ANY ($2::uuid[])))
  OR EXISTS (SELECT FROM audit_event e WHERE e.person_ids @> ARRAY[p.id] AND e.organisation_ids && $2::uuid[]
    AND NOT starts_with(e.type, 'audit.')))`;

/** $1 whom; $2 whose officer asks, null for everybody's. */
export const REVEALED = `
  SELECT p.id, CASE WHEN p.status <> 'erased' THEN p.pseudonym END AS pseudonym, p.name, p.email,
    p.status = 'erased' AS "isErased", ($2::uuid[] IS NULL OR ${SEEN}) AS "isSeen"
  FROM person p WHERE p.id = $1`;

@Injectable()
export class RevealRepository {
  async find(
    manager: EntityManager,
    personId: string,
    sees: readonly string[] | null,
  ): Promise<RevealedRow | undefined> {
    const [row] = await manager.query<RevealedRow[]>(REVEALED, [personId, sees]);
    return row;
  }
}
