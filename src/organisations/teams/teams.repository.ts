import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { OwnTeamView, TeamView } from './team.view.js';
import { MAX_TEAM_MEMBERS, MAX_TEAMS } from './team-limits.js';

/** So many an organisation has at once, and so many members each shows. */

export interface TeamRow extends TeamView {
  readonly organisationId: string;
  readonly isPublic: boolean;
}

@Injectable()
export class TeamsRepository {
  /** @returns false when another team has the name. */
  async insert(
    tx: Tx,
    { id, organisationId, name, purpose, contact, isPublic }: TeamRow,
    made: { readonly createdAt: Date; readonly auditEventId: string },
  ): Promise<boolean> {
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO team (id, organisation_id, name, purpose, contact, is_public, created_at, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id`,
      [id, organisationId, name, purpose, contact, isPublic, made.createdAt, made.auditEventId],
    );
    return inserted.length === 1;
  }

  async hasName(tx: Tx, organisationId: string, name: string, butId: string): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `SELECT FROM team WHERE organisation_id = $1 AND lower(name) = lower($2) AND id <> $3 AND ended_at IS NULL`,
      [organisationId, name, butId],
    );
    return rows.length > 0;
  }

  async update(tx: Tx, team: Omit<TeamRow, 'organisationId'>, auditEventId: string): Promise<void> {
    const { id, name, purpose, contact, isPublic } = team;
    await tx.query(
      'UPDATE team SET name = $2, purpose = $3, contact = $4, is_public = $5, audit_event_id = $6 WHERE id = $1',
      [id, name, purpose, contact, isPublic, auditEventId],
    );
  }

  async end(tx: Tx, id: string, endedAt: Date, auditEventId: string): Promise<void> {
    await tx.query('UPDATE team SET ended_at = $2, audit_event_id = $3 WHERE id = $1', [
      id,
      endedAt,
      auditEventId,
    ]);
  }

  /** One that has not ended. */
  async find(manager: EntityManager, id: string): Promise<TeamRow | undefined> {
    const [row] = await manager.query<TeamRow[]>(
      `SELECT id, organisation_id AS "organisationId", name, purpose, contact, is_public AS "isPublic"
       FROM team WHERE id = $1 AND ended_at IS NULL`,
      [id],
    );
    return row;
  }

  async count(tx: Tx, organisationId: string): Promise<number> {
    const [row] = await tx.query<{ teams: number }[]>(
      'SELECT count(*)::int AS teams FROM team WHERE organisation_id = $1 AND ended_at IS NULL',
      [organisationId],
    );
    return row?.teams ?? 0;
  }

  async listPublic(manager: EntityManager, organisationId: string): Promise<TeamView[]> {
    return manager.query<TeamView[]>(
      `SELECT id, name, purpose, contact FROM team
       WHERE organisation_id = $1 AND is_public AND ended_at IS NULL ORDER BY name, id LIMIT $2`,
      [organisationId, MAX_TEAMS],
    );
  }

  /** With their members of today: active people whose membership is live. @param today a London day. */
  async listOwn(
    manager: EntityManager,
    organisationId: string,
    today: string,
  ): Promise<OwnTeamView[]> {
    return manager.query<OwnTeamView[]>(
      `SELECT t.id, t.name, t.purpose, t.contact, t.is_public AS "isPublic", coalesce((
         SELECT jsonb_agg(jsonb_build_object('membershipId', m.id, 'personId', p.id, 'name', p.name,
             'position', m.position) ORDER BY m.id)
         FROM (SELECT m.* FROM team_member tm JOIN membership m ON m.id = tm.membership_id
             AND m.ended_at IS NULL AND m.starts_on <= $2 AND (m.ends_on IS NULL OR m.ends_on >= $2)
           WHERE tm.team_id = t.id ORDER BY m.id LIMIT $3) m
         JOIN person p ON p.id = m.person_id AND p.status = 'active'), '[]'::jsonb) AS members
       FROM team t WHERE t.organisation_id = $1 AND t.ended_at IS NULL ORDER BY t.name, t.id LIMIT $4`,
      [organisationId, today, MAX_TEAM_MEMBERS, MAX_TEAMS],
    );
  }

  /** @returns false when they are in it already. */
  async insertMember(
    tx: Tx,
    teamId: string,
    membershipId: string,
    auditEventId: string,
  ): Promise<boolean> {
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO team_member (team_id, membership_id, audit_event_id) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING RETURNING team_id`,
      [teamId, membershipId, auditEventId],
    );
    return inserted.length === 1;
  }

  async isMember(tx: Tx, teamId: string, membershipId: string): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'SELECT FROM team_member WHERE team_id = $1 AND membership_id = $2',
      [teamId, membershipId],
    );
    return rows.length > 0;
  }

  async countMembers(tx: Tx, teamId: string): Promise<number> {
    const [row] = await tx.query<{ members: number }[]>(
      `SELECT count(*)::int AS members FROM team_member tm JOIN membership m ON m.id = tm.membership_id
         AND m.ended_at IS NULL WHERE tm.team_id = $1`,
      [teamId],
    );
    return row?.members ?? 0;
  }

  async deleteMember(tx: Tx, teamId: string, membershipId: string): Promise<void> {
    await tx.query('DELETE FROM team_member WHERE team_id = $1 AND membership_id = $2', [
      teamId,
      membershipId,
    ]);
  }
}
