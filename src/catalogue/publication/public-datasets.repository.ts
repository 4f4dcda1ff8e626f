import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Facet, FacetCount, PublicDataset, PublicQuery } from './public-dataset.types.js';

/** What anybody may know of: in the catalogue, and not only for parties. Aliases: `d`, and `e` for its last change. */
const FROM = `
  FROM dataset d
    JOIN organisation o ON o.id = d.organisation_id
    JOIN audit_event e ON e.id = d.audit_event_id`;
const IS_PUBLIC = `d.visibility = 'public' AND d.status IN ('published', 'frozen')`;

const COLUMNS = `
  d.id, d.title, d.description, d.publisher, d.contact, d.organisation_id AS "organisationId", o.name AS organisation,
  d.access, d.access_reason AS "accessReason", d.licence, d.themes, d.keywords, d.frequency, d.spatial, d.temporal,
  d.languages, d.places, d.bbox, d.quality_notes AS "qualityNotes", d.landing_page AS "landingPage",
  e.occurred_at AS modified,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'title', t.title, 'mediaType', t.media_type,
      'byteSize', t.byte_size, 'modified', t.modified, 'downloadUrl', t.download_url, 'accessUrl', t.access_url) ORDER BY t.title, t.id), '[]'::jsonb)
    FROM distribution t WHERE t.dataset_id = d.id AND t.removed_at IS NULL) AS distributions`;

const NARROWING = {
  words: `d.search @@ websearch_to_tsquery('english', ?)`,
  modifiedSince: `e.occurred_at >= ?`,
  access: `d.access = ?`,
  organisationId: `d.organisation_id = ?`,
  theme: `? = ANY(d.themes)`,
  keyword: `? = ANY(d.keywords)`,
  mediaType: `EXISTS (SELECT FROM distribution t
    WHERE t.dataset_id = d.id AND t.removed_at IS NULL AND t.media_type = ?)`,
  licence: `d.licence = ?`,
} as const satisfies Record<keyof PublicQuery, string>;

const BY_CREATION = 'd.id';
const BY_NEWS = 'e.occurred_at DESC, d.id';

const FACET_VALUES = {
  organisation: { value: 'd.organisation_id::text', label: 'o.name', join: '' },
  theme: { value: 'h', label: 'h', join: 'CROSS JOIN unnest(d.themes) AS h' },
  keyword: { value: 'k', label: 'k', join: 'CROSS JOIN unnest(d.keywords) AS k' },
  mediaType: {
    value: 't.media_type',
    label: 't.media_type',
    join: `JOIN (SELECT DISTINCT dataset_id, media_type FROM distribution WHERE removed_at IS NULL) t
      ON t.dataset_id = d.id`,
  },
  licence: { value: 'd.licence', label: 'd.licence', join: '' },
} as const satisfies Record<Facet, { value: string; label: string; join: string }>;

@Injectable()
export class PublicDatasetsRepository {
  async page(
    manager: EntityManager,
    query: PublicQuery,
    { start, rows, isNewestFirst }: { start: number; rows: number; isNewestFirst: boolean },
  ): Promise<readonly PublicDataset[]> {
    const { where, params } = narrowed(query);
    return manager.query<PublicDataset[]>(
      `SELECT ${COLUMNS} ${FROM} WHERE ${where} ORDER BY ${isNewestFirst ? BY_NEWS : BY_CREATION}
       OFFSET $${String(params.length + 1)} LIMIT $${String(params.length + 2)}`,
      [...params, start, rows],
    );
  }

  /** Those after an id, in the order in which they were registered: to read all of them in pieces. */
  async after(
    manager: EntityManager,
    query: PublicQuery,
    { after, limit }: { after: string | null; limit: number },
  ): Promise<readonly PublicDataset[]> {
    const { where, params } = narrowed(query);
    return manager.query<PublicDataset[]>(
      `SELECT ${COLUMNS} ${FROM} WHERE ${where} AND ($${String(params.length + 1)}::uuid IS NULL
         OR d.id > $${String(params.length + 1)}) ORDER BY ${BY_CREATION} LIMIT $${String(params.length + 2)}`,
      [...params, after, limit],
    );
  }

  async find(manager: EntityManager, id: string): Promise<PublicDataset | undefined> {
    const [found] = await manager.query<PublicDataset[]>(
      `SELECT ${COLUMNS} ${FROM} WHERE ${IS_PUBLIC} AND d.id = $1`,
      [id],
    );
    return found;
  }

  /** Who runs the broker, and so publishes the catalogue. */
  async operator(manager: EntityManager): Promise<string> {
    const [row] = await manager.query<{ name: string }[]>(
      'SELECT name FROM organisation WHERE is_operator',
    );
    return row?.name ?? '';
  }

  async count(manager: EntityManager, query: PublicQuery): Promise<number> {
    const { where, params } = narrowed(query);
    const [row] = await manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count ${FROM} WHERE ${where}`,
      params,
    );
    return row?.count ?? 0;
  }

  /** Those who publish something here, by name. */
  async organisations(manager: EntityManager): Promise<readonly FacetCount[]> {
    return manager.query<FacetCount[]>(
      `SELECT o.id AS value, o.name AS label, count(*)::int AS count ${FROM} WHERE ${IS_PUBLIC}
       GROUP BY 1, 2 ORDER BY 2, 1`,
    );
  }

  /** The commonest values first. */
  async facet(
    manager: EntityManager,
    query: PublicQuery,
    facet: Facet,
    limit: number,
  ): Promise<readonly FacetCount[]> {
    const { where, params } = narrowed(query);
    const { value, label, join } = FACET_VALUES[facet];
    return manager.query<FacetCount[]>(
      `SELECT ${value} AS value, ${label} AS label, count(*)::int AS count ${FROM} ${join}
       WHERE ${where} AND ${value} IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1
       LIMIT $${String(params.length + 1)}`,
      [...params, limit],
    );
  }
}

function narrowed(query: PublicQuery): { readonly where: string; readonly params: unknown[] } {
  const params: unknown[] = [];
  const conditions = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      params.push(value);
      return NARROWING[name as keyof PublicQuery].replace('?', `$${String(params.length)}`);
    });
  return { where: [IS_PUBLIC, ...conditions].join(' AND '), params };
}
