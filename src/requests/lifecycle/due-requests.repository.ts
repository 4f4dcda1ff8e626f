import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';

/** A move that a date, or the end of something else, makes due. */
export interface DueRequest {
  readonly id: string;
  readonly projectId: string;
  readonly move: 'lapse' | 'close';
  readonly reason: 'idle' | 'until_ended' | 'project_ended' | 'agreement_ended';
}

/** When a request is due: `today` as a London day, and since when a returned one is idle. */
export interface DueAt {
  readonly today: string;
  readonly idleSince: Date;
}

// A returned request is idle from its return, or from its last edit: its state's event.
// $1 today, $2 idle since, $3 one request or null. An agreement has ended when that is written: a version that follows
// at the very instant takes its requests over first.
const DUE = `
  SELECT r.id, r.project_id AS "projectId", 'lapse' AS move, 'idle' AS reason
  FROM access_request r
  JOIN audit_event e ON e.id = r.audit_event_id AND e.occurred_at <= $2
  WHERE r.status = 'returned' AND ($3::uuid IS NULL OR r.id = $3)
  UNION ALL
  SELECT r.id, r.project_id, 'close', CASE WHEN r.until_on < $1 THEN 'until_ended'
    WHEN j.status = 'closed' OR j.ends_on < $1 THEN 'project_ended' ELSE 'agreement_ended' END
  FROM access_request r
  JOIN project j ON j.id = r.project_id
  JOIN agreement_version v ON v.agreement_id = r.agreement_id AND v.version = r.agreement_version
  WHERE r.status = 'approved' AND ($3::uuid IS NULL OR r.id = $3) AND (r.until_on < $1 OR j.status = 'closed'
    OR j.ends_on < $1 OR v.status IN ('terminated', 'expired'))`;

@Injectable()
export class DueRequestsRepository {
  async find(manager: EntityManager, at: DueAt, limit: number): Promise<readonly DueRequest[]> {
    return manager.query<DueRequest[]>(`${DUE} ORDER BY id LIMIT $4`, [
      at.today,
      at.idleSince,
      null,
      limit,
    ]);
  }

  /** What is due of one request now, under the caller's lock. */
  async findOne(tx: Tx, at: DueAt, id: string): Promise<DueRequest | undefined> {
    const [row] = await tx.query<DueRequest[]>(DUE, [at.today, at.idleSince, id]);
    return row;
  }
}
