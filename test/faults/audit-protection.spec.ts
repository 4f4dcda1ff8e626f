import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { EVENT_COLUMNS, NOBODY } from '../../src/audit/event-preparation.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const AGES = { fresh: '1 day', old: '7 years' } as const;
const SCOPES = ['person', 'agreement', 'dataset', 'grant'] as const;

/** audit-log section 10: what a login may do to the trail is decided by the database, whatever the process wants. */
describe('the audit trail', () => {
  let db: TestDatabase;
  let owner: pg.Client;
  let app: pg.Client;
  let eraser: pg.Client;
  let superuser: pg.Client;
  const logins: pg.Client[] = [];
  const login = async (role: string): Promise<pg.Client> => {
    const client = new pg.Client(db.urlFor(role));
    await client.connect();
    logins.push(client);
    return client;
  };

  beforeAll(async () => {
    db = await testDatabase();
    owner = await login('concordat_owner');
    app = await login('concordat_app');
    eraser = await login('concordat_eraser');
    superuser = await login('postgres');
  });
  afterAll(async () => {
    await Promise.all(logins.map((client) => client.end()));
    await db.close();
  });

  interface Told {
    readonly age?: keyof typeof AGES;
    readonly personId?: string;
    readonly agreementId?: string;
    readonly datasetId?: string;
    readonly grantId?: string;
  }

  /** An event with a row about nobody and one about a person. */
  const anEvent = async (told: Told = {}): Promise<string> => {
    const id = randomUUID();
    const personId = told.personId ?? randomUUID();
    const names = EVENT_COLUMNS.map(([name]) => name).join(', ');
    await app.query(
      `INSERT INTO audit_event (${names}) VALUES ($1, 'grant.issued', now() - $2::interval, 'success', ARRAY[$3::uuid], '{}',
         NULL, NULL, NULL, $4, $5, NULL, $6, '{}', NULL, 'leaf', '')`,
      [
        id,
        AGES[told.age ?? 'fresh'],
        personId,
        told.datasetId ?? null,
        told.agreementId ?? null,
        told.grantId ?? null,
      ],
    );
    for (const subject of [NOBODY, personId]) {
      await app.query(
        'INSERT INTO audit_payload (event_id, subject_id, body) VALUES ($1, $2, $3)',
        [id, subject, Buffer.from('body')],
      );
    }
    return id;
  };
  const aPerson = async (): Promise<string> => {
    const id = randomUUID();
    const pseudonym = `P-${id.slice(0, 8).replace(/[0189]/g, 'z')}`;
    await app.query(
      `INSERT INTO person (id, issuer, subject, pseudonym, status, audit_event_id)
       VALUES ($1::uuid, 'https://id.example', $1::text, $2, 'active', $3)`,
      [id, pseudonym, await anEvent()],
    );
    return id;
  };
  const eraseTries = async (eventId: string): Promise<readonly string[]> => {
    const { rows } = await eraser.query<{ subject_id: string }>(
      'DELETE FROM audit_payload WHERE event_id = $1 RETURNING subject_id',
      [eventId],
    );
    return rows.map(({ subject_id: id }) => id);
  };
  const erased = async (personId: string): Promise<void> => {
    await app.query(
      `INSERT INTO erasure (person_id, legal_basis, kept, erased_at, complete_after, audit_event_id)
       VALUES ($1, '17-1-b', '[]', now(), now(), $2)`,
      [personId, await anEvent()],
    );
  };
  const hold = async (scopeType: string, scopeId: string): Promise<string> => {
    const id = randomUUID();
    await app.query(
      `INSERT INTO retention_hold (id, scope_type, scope_id, reason, placed_by, placed_at, audit_event_id)
       VALUES ($1, $2, $3, 'A claim', $4, now(), $5)`,
      [id, scopeType, scopeId, await aPerson(), await anEvent()],
    );
    return id;
  };

  describe('is append-only', () => {
    const TABLES = ['audit_event', 'audit_payload', 'log_leaf'] as const;
    const COLUMN = {
      audit_event: 'outcome',
      audit_payload: 'body',
      log_leaf: 'leaf_hash',
    } as const;
    const statements = TABLES.flatMap((table) => [
      [table, `UPDATE ${table} SET ${COLUMN[table]} = ${COLUMN[table]}`] as const,
      [table, `DELETE FROM ${table}`] as const,
      [table, `TRUNCATE ${table} CASCADE`] as const,
    ]);

    beforeAll(async () => {
      const id = await anEvent();
      await owner.query('INSERT INTO log_leaf (idx, event_id, leaf_hash) VALUES (0, $1, $2)', [
        id,
        Buffer.alloc(32),
      ]);
    });

    it.each(statements)('to the broker: %s, %s', async (_, sql) => {
      await expect(app.query(sql)).rejects.toMatchObject({ code: '42501' });
    });

    it.each(statements)('to its owner and to a superuser: %s, %s', async (_, sql) => {
      await expect(owner.query(sql)).rejects.toMatchObject({ code: 'CN001' });
      await expect(superuser.query(sql)).rejects.toMatchObject({ code: 'CN001' });
    });

    it.each(statements)('also with session_replication_role = replica: %s, %s', async (_, sql) => {
      await superuser.query('SET session_replication_role = replica');
      try {
        await expect(superuser.query(sql)).rejects.toMatchObject({ code: 'CN001' });
      } finally {
        await superuser.query('RESET session_replication_role');
      }
    });

    it('to the broker with the right to it, should a migration give one by mistake', async () => {
      await owner.query(
        'GRANT UPDATE, DELETE, TRUNCATE ON audit_event, audit_payload, log_leaf TO concordat_app',
      );
      try {
        for (const [table, sql] of statements) {
          // Row security hides the rows of the payload from such a statement: it changes none.
          const attempt = app.query(sql);
          await (table === 'audit_payload' && !sql.startsWith('TRUNCATE')
            ? expect(attempt).resolves.toMatchObject({ rowCount: 0 })
            : expect(attempt).rejects.toMatchObject({
                // A truncation that cascades stops at the next table, which nobody gave it.
                code: sql.endsWith('audit_event CASCADE') ? '42501' : 'CN001',
              }));
        }
      } finally {
        await owner.query(
          'REVOKE UPDATE, DELETE, TRUNCATE ON audit_event, audit_payload, log_leaf FROM concordat_app',
        );
      }
    });
  });

  describe('is the eraser’s to shorten', () => {
    it('by no row of somebody who is there, of a recent event', async () => {
      expect(await eraseTries(await anEvent())).toEqual([]);
    });

    it('by the rows of somebody who was erased, and by no others of the event', async () => {
      const personId = await aPerson();
      const eventId = await anEvent({ personId });
      await erased(personId);
      expect(await eraseTries(eventId)).toEqual([personId]);
    });

    it('R5.9: by every row that is past retention', async () => {
      expect(await eraseTries(await anEvent({ age: 'old' }))).toHaveLength(2);
    });

    it.each(SCOPES)('by no row while a hold is on the %s', async (scope) => {
      const personId = await aPerson();
      const ids = { agreementId: randomUUID(), datasetId: randomUUID(), grantId: randomUUID() };
      const scopeId = scope === 'person' ? personId : ids[`${scope}Id`];
      const eventId = await anEvent({ personId, age: 'old', ...ids });
      await erased(personId);
      const holdId = await hold(scope, scopeId);
      expect(await eraseTries(eventId)).toEqual([]);
      const { rows } = await app.query<{ held: boolean }>('SELECT is_person_held($1) AS held', [
        personId,
      ]);
      expect(rows).toEqual([{ held: true }]);
      await app.query(
        'UPDATE retention_hold SET released_by = placed_by, released_at = now() WHERE id = $1',
        [holdId],
      );
      expect(await eraseTries(eventId)).toHaveLength(2);
    });

    it('by deleting alone: it reads no body, changes nothing and truncates nothing', async () => {
      await anEvent();
      for (const sql of [
        'SELECT body FROM audit_payload',
        'UPDATE audit_payload SET body = body',
        'TRUNCATE audit_payload',
        'DELETE FROM audit_event',
        'UPDATE retention_rule SET years = 1',
        'UPDATE decision_record SET failed = failed',
        'DELETE FROM retention_hold',
        `INSERT INTO erasure (person_id) SELECT gen_random_uuid()`,
      ]) {
        await expect(eraser.query(sql)).rejects.toMatchObject({ code: '42501' });
      }
      await expect(
        eraser.query('SELECT blank_decisions_of($1)', [await aPerson()]),
      ).rejects.toMatchObject({ code: 'CN001' });
    });
  });
});
