import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ClearPayload } from '../../audit/disclosure.js';
import type { EventToDisclose } from './openable-fields.js';

@Injectable()
export class DisclosuresRepository {
  async find(manager: EntityManager, id: string): Promise<EventToDisclose | undefined> {
    const [row] = await manager.query<EventToDisclose[]>(
      `SELECT type, organisation_ids AS "organisationIds", target_type AS "targetType", target_id AS "targetId", leaf, digests
       FROM audit_event WHERE id = $1`,
      [id],
    );
    return row;
  }

  /** The rows about nobody, which are in clear, and about this person, which are not. */
  async payloadsOf(
    manager: EntityManager,
    eventId: string,
    subjectIds: readonly string[],
  ): Promise<readonly ClearPayload[]> {
    return manager.query<ClearPayload[]>(
      `SELECT subject_id AS "subjectId", body FROM audit_payload
       WHERE event_id = $1 AND subject_id = ANY($2::uuid[])`,
      [eventId, subjectIds],
    );
  }
}
