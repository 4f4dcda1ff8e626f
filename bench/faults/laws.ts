import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Acknowledged } from './clients.js';
import type { Seen } from './watcher.js';

const PAGE = 10_000;

/** What must hold once all is quiet, whatever fell before. @returns each law that is broken, in words. */
export async function brokenLaws(
  database: pg.Client,
  said: Acknowledged,
  seen: readonly Seen[],
): Promise<readonly string[]> {
  return [
    ...(await lostEffects(database, said)),
    ...(await effectsWithoutEvents(database)),
    ...(await brokenTree(database, seen)),
  ];
}

/** Nothing that was acknowledged is missing (A2). */
async function lostEffects(database: pg.Client, said: Acknowledged): Promise<readonly string[]> {
  const checks = [
    ['a grant', said.issued, `SELECT grant_id FROM audit_event WHERE type = 'grant.issued'`],
    ['a revocation', said.revoked, `SELECT grant_id FROM audit_event WHERE type = 'grant.revoked'`],
    ['a token', said.tokens, `SELECT target_id FROM audit_event WHERE type = 'auth.token-created'`],
    [
      'a token’s end',
      said.ended,
      `SELECT target_id FROM audit_event WHERE type = 'auth.token-revoked'`,
    ],
  ] as const;
  const lost: string[] = [];
  for (const [what, ids, sql] of checks) {
    const { rows } = await database.query<string[]>({ text: sql, rowMode: 'array' });
    const there = new Set(rows.map(([id]) => id));
    const missing = [...ids].filter((id) => !there.has(id));
    if (missing.length > 0) {
      lost.push(
        `${String(missing.length)} times ${what} that was answered is lost: ${missing[0] ?? ''}`,
      );
    }
  }
  return lost;
}

/** No row stands without its event, and none with two (A1). */
async function effectsWithoutEvents(database: pg.Client): Promise<readonly string[]> {
  const checks = [
    [
      'a grant without exactly one event of its issue',
      `SELECT g.id FROM grants g LEFT JOIN audit_event e ON e.grant_id = g.id AND e.type = 'grant.issued'
       GROUP BY g.id HAVING count(e.id) <> 1`,
    ],
    [
      'a revoked grant without exactly one event of that',
      `SELECT g.id FROM grants g LEFT JOIN audit_event e ON e.grant_id = g.id AND e.type = 'grant.revoked'
       WHERE g.status = 'revoked' GROUP BY g.id HAVING count(e.id) <> 1`,
    ],
    [
      'an event of an issue without its grant',
      `SELECT e.id FROM audit_event e LEFT JOIN grants g ON g.id = e.grant_id
       WHERE e.type = 'grant.issued' AND g.id IS NULL`,
    ],
    [
      'an event without its payload',
      `SELECT e.id FROM audit_event e LEFT JOIN audit_payload p ON p.event_id = e.id WHERE p.event_id IS NULL`,
    ],
    ['a halt', 'SELECT id FROM log_halt'],
  ] as const;
  const broken: string[] = [];
  for (const [what, sql] of checks) {
    const { rows } = await database.query<{ id: string }>(sql);
    if (rows.length > 0) {
      broken.push(`${String(rows.length)} times ${what}: ${rows[0]?.id ?? ''}`);
    }
  }
  return broken;
}

/** Every event has one place, there is no gap, and every checkpoint ever seen is the root of its beginning (A4, A5). */
async function brokenTree(database: pg.Client, seen: readonly Seen[]): Promise<readonly string[]> {
  const { rows } = await database.query<{ events: string; leaves: string; pending: string }>(
    `SELECT (SELECT count(*) FROM audit_event) AS events, (SELECT count(*) FROM log_leaf) AS leaves,
       (SELECT count(*) FROM audit_pending) AS pending`,
  );
  const { events, leaves, pending } = rows[0] ?? { events: '', leaves: '', pending: '' };
  const broken =
    events === leaves && pending === '0'
      ? []
      : [`${events} events have ${leaves} places, and ${pending} wait`];
  const roots = new Map(seen.map(({ size, root }) => [size, root]));
  for (const [at, { size }] of seen.entries()) {
    if (size < (seen[at - 1]?.size ?? 0)) {
      broken.push(`the published size fell to ${String(size)}`);
    }
  }
  if (new Set(seen.map(({ size, root }) => `${String(size)} ${root}`)).size !== roots.size) {
    broken.push('two roots were published for one size');
  }
  const tree = new Tree();
  for (let from = 0; from < Number(leaves); from += PAGE) {
    const page = await database.query<{ idx: string; leaf: Buffer }>(
      `SELECT l.idx, e.leaf FROM log_leaf l JOIN audit_event e ON e.id = l.event_id
       WHERE l.idx >= $1 AND l.idx < $2 ORDER BY l.idx`,
      [from, from + PAGE],
    );
    for (const { idx, leaf } of page.rows) {
      if (Number(idx) !== tree.size) {
        return [...broken, `place ${String(tree.size)} is empty`];
      }
      tree.add(leaf);
      const root = roots.get(tree.size);
      if (root !== undefined && root !== tree.root()) {
        broken.push(`the checkpoint of size ${String(tree.size)} has another root`);
      }
    }
  }
  const most = Math.max(0, ...roots.keys());
  return most > tree.size ? [...broken, `${String(most)} entries were published`] : broken;
}

/** RFC 6962 once more, with no code of the broker's. */
class Tree {
  size = 0;
  private readonly peaks: { readonly hash: Buffer; readonly leaves: number }[] = [];

  add(entry: Buffer): void {
    let peak = { hash: sha256(Buffer.of(0), entry), leaves: 1 };
    for (let last = this.peaks.at(-1); last?.leaves === peak.leaves; last = this.peaks.at(-1)) {
      peak = { hash: sha256(Buffer.of(1), last.hash, peak.hash), leaves: 2 * peak.leaves };
      this.peaks.pop();
    }
    this.peaks.push(peak);
    this.size += 1;
  }

  root(): string {
    const [last, ...rest] = this.peaks.map(({ hash }) => hash).reverse();
    return rest
      .reduce((right, left) => sha256(Buffer.of(1), left, right), last ?? sha256())
      .toString('base64');
  }
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  return parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
}
