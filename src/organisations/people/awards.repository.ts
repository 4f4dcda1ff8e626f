import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import { SUPERVISING } from './award.rules.js';
import { AccreditationEntity, TrainingEntity } from './person.entity.js';

const MAX_AWARDS = 200;

@Injectable()
export class AwardsRepository {
  async insertAccreditation(tx: Tx, accreditation: AccreditationEntity): Promise<void> {
    await tx.insert(AccreditationEntity, accreditation);
  }

  async insertTraining(tx: Tx, training: TrainingEntity): Promise<void> {
    await tx.insert(TrainingEntity, training);
  }

  async findAccreditation(
    manager: EntityManager,
    personId: string,
    id: string,
  ): Promise<AccreditationEntity | null> {
    return manager.findOneBy(AccreditationEntity, { id, personId });
  }

  async findTraining(manager: EntityManager, id: string): Promise<TrainingEntity | null> {
    return manager.findOneBy(TrainingEntity, { id });
  }

  async moveAccreditation(
    tx: Tx,
    id: string,
    change: Pick<AccreditationEntity, 'state' | 'auditEventId'> & { readonly verifiedBy?: string },
  ): Promise<void> {
    await tx.update(AccreditationEntity, { id }, change);
  }

  /** The last to end first; of very many the rest is history. */
  async listAccreditations(
    manager: EntityManager,
    personId: string,
  ): Promise<AccreditationEntity[]> {
    return manager.find(AccreditationEntity, {
      where: { personId },
      order: { expiresOn: 'DESC', id: 'DESC' },
      take: MAX_AWARDS,
    });
  }

  /** The last to end first; of very many the rest is history. */
  async listTrainings(manager: EntityManager, personId: string): Promise<TrainingEntity[]> {
    return manager.find(TrainingEntity, {
      where: { personId },
      order: { expiresOn: 'DESC', id: 'DESC' },
      take: MAX_AWARDS,
    });
  }

  /** Whose provisional accreditation rests on this person. */
  async supervisedBy(manager: EntityManager, personId: string): Promise<readonly string[]> {
    const rows = await manager.query<{ personId: string }[]>(
      `SELECT DISTINCT person_id AS "personId" FROM accreditation
       WHERE state = 'verified' AND supervisor_id = $1 ORDER BY 1`,
      [personId],
    );
    return rows.map((row) => row.personId);
  }

  /** True when the one is fully accredited and both are members of one organisation, all of it today. */
  async maySupervise(
    manager: EntityManager,
    supervisorId: string,
    personId: string,
    today: string,
  ): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT FROM person p JOIN accreditation a ON a.person_id = p.id
         JOIN membership theirs ON theirs.person_id = p.id
         JOIN membership mine ON mine.organisation_id = theirs.organisation_id AND mine.person_id = $2
       WHERE p.id = $1 AND p.status = 'active' AND a.scheme = $4 AND a.state = 'verified' AND a.expires_on >= $3
         AND theirs.ended_at IS NULL AND theirs.starts_on <= $3 AND (theirs.ends_on IS NULL OR theirs.ends_on >= $3)
         AND mine.ended_at IS NULL AND (mine.ends_on IS NULL OR mine.ends_on >= $3) LIMIT 1`,
      [supervisorId, personId, today, SUPERVISING],
    );
    return rows.length > 0;
  }
}
