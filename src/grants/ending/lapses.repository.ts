import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { londonDay } from '../../kernel/london-day.js';
import { lackingAfter } from '../grant.rules.js';
import type { Lapse } from './end-conditions.js';

const ACCREDITATIONS = `SELECT DISTINCT scheme AS code FROM held_accreditations($1, $2)
  WHERE id IS DISTINCT FROM $3::uuid`;
const TRAININGS = `SELECT DISTINCT course AS code FROM training
  WHERE person_id = $1 AND expires_on >= $2 AND id IS DISTINCT FROM $3::uuid`;
const ORGANISATION_CHECKS = `SELECT DISTINCT kind AS code FROM organisation_check
  WHERE organisation_id = $1 AND expires_on >= $2 AND id IS DISTINCT FROM $3::uuid`;

/** What a person or an organisation still holds after a lapse: another award may cover the same requirement. */
@Injectable()
export class LapsesRepository {
  /**
   * The codes that nothing covers any more.
   * @param when `apply`: the rows say already what lapsed; `preview`: as if the award, or every one of that code, had.
   */
  async lackingAfter(
    manager: EntityManager,
    lapse: Lapse,
    now: Date,
    when: 'preview' | 'apply',
  ): Promise<readonly string[]> {
    const { sql, subjectId, code } = questionOf(lapse);
    const awardId = when === 'preview' && 'awardId' in lapse ? lapse.awardId : undefined;
    const params = [subjectId, londonDay(now), awardId ?? null];
    const rows = await manager.query<{ code: string }[]>(sql, params);
    const held = rows.map((row) => row.code);
    const isWholeCode = when === 'preview' && awardId === undefined;
    return lackingAfter(code, isWholeCode ? held.filter((one) => one !== code) : held);
  }
}

function questionOf(lapse: Lapse): { sql: string; subjectId: string; code: string } {
  switch (lapse.code) {
    case 'accreditation_lapsed':
      return { sql: ACCREDITATIONS, subjectId: lapse.personId, code: lapse.scheme };
    case 'training_lapsed':
      return { sql: TRAININGS, subjectId: lapse.personId, code: lapse.course };
    case 'organisation_check_lapsed':
      return { sql: ORGANISATION_CHECKS, subjectId: lapse.organisationId, code: lapse.kind };
  }
}
