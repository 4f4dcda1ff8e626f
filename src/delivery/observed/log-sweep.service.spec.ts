import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beginLog, logState } from '../../../test/support/access-logs.js';
import { databaseText } from '../../../test/support/database-text.js';
import { DATASET, OWNER, STORE } from '../../../test/support/delivery-data.js';
import { deliveryWorld, type DeliveryWorld } from '../../../test/support/delivery-world.js';
import { startFaultyStore, type FaultyStore } from '../../../test/support/faulty-store.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { AuditService } from '../../audit/audit.service.js';
import { Database } from '../../platform/database/database.js';
import { ReadMarks } from '../../platform/object-store/read-marks.js';
import { LogSweep } from './log-sweep.service.js';

const HOUR_MS = 3_600_000;
const LAG_MS = 24 * HOUR_MS;
const PREFIX = 'logs/';
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const OPERATOR = '01990000-0000-7000-8000-0000000000c1';
const OFFICER = '01990000-0000-7000-8000-0000000000c2';

interface LineParts {
  readonly at: Date;
  readonly requestId?: string;
  readonly requester?: string;
  readonly object?: string;
  readonly query?: string;
  readonly bytes?: number;
}

interface Told {
  readonly type: string;
  readonly bytes: number;
  readonly count: number;
  readonly clientId: unknown;
  readonly grantId: string | null;
  readonly reasonCodes: readonly string[];
}

describe('reading the logs of stores', () => {
  let store: FaultyStore;
  let world: DeliveryWorld;
  let insider: string;

  beforeAll(async () => {
    store = await startFaultyStore();
    world = await deliveryWorld(store.location);
    const place = JSON.stringify({ bucket: store.location.bucket, prefix: PREFIX });
    await asSuperuser(
      world.db,
      `UPDATE partner_store SET access_log = '${place}';
       UPDATE person SET email = 'owner@example.org' WHERE id = '${OWNER}';
       INSERT INTO organisation (id, name, kind, public_authority, is_operator, status, audit_event_id)
         SELECT '${OPERATOR}', 'Operator', 'company', false, true, 'active', audit_event_id FROM organisation LIMIT 1;
       INSERT INTO person (id, issuer, subject, pseudonym, email, status, audit_event_id)
         SELECT '${OFFICER}', 'https://id.example', 'officer', 'P-cccccccc', 'officer@example.org', 'active', audit_event_id
         FROM organisation LIMIT 1;
       INSERT INTO membership (id, person_id, organisation_id, position, starts_on, audit_event_id)
         SELECT '${OFFICER}', '${OFFICER}', '${OPERATOR}', 'Officer', '2026-01-01', audit_event_id FROM organisation LIMIT 1;
       INSERT INTO membership_role (id, membership_id, role, starts_on, audit_event_id)
         SELECT '${OFFICER}', '${OFFICER}', 'ig_officer', '2026-01-01', audit_event_id FROM organisation LIMIT 1;`,
    );
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await store.close();
  });
  beforeEach(() => startOver());

  /** An empty log, and a requester of whom nothing was told yet. */
  async function startOver(): Promise<void> {
    insider = `arn:aws:iam::1:user/${randomUUID()}`;
    store.objects.clear();
    store.faults = { lastModified: world.clock.now() };
    await beginLog(database(), STORE, new Date(hour().getTime() - 2 * LAG_MS));
  }

  const database = (): Database => world.nodes[0].app.get(Database);
  /** The whole hour in which it is now. */
  const hour = (): Date => new Date(Math.floor(world.clock.now().getTime() / HOUR_MS) * HOUR_MS);
  const at = (minutes: number): Date => new Date(hour().getTime() + minutes * 60_000);

  function aLine(parts: LineParts): string {
    const { requestId = randomUUID(), requester = insider } = parts;
    const { object = 'a.csv', query = 'x-id=GetObject', bytes = 10 } = parts;
    const iso = parts.at.toISOString();
    const time = `${iso.slice(8, 10)}/${MONTHS[parts.at.getUTCMonth()] ?? ''}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
    const key = world.prefix + object;
    const { bucket } = store.location;
    return `owner ${bucket} [${time}] 192.0.2.3 ${requester} ${requestId} REST.GET.OBJECT ${key} "GET /${bucket}/${key}?${query} HTTP/1.1" 200 - ${String(bytes)} 100 5 4 "-" "agent" - - SigV4 - AuthHeader h - - -`;
  }
  const put = (name: string, lines: readonly string[]): void =>
    void store.objects.set(PREFIX + name, Buffer.from(lines.map((line) => `${line}\n`).join('')));
  async function sweep(node: 0 | 1 = 0): Promise<void> {
    await database().manager.query('UPDATE access_log SET read_due_at = $1', [world.clock.now()]);
    await world.nodes[node].app.get(LogSweep, { strict: false }).readDue();
  }
  const state = () => logState(database(), STORE);

  /** Everything that has been told so far, by event. */
  async function told(): Promise<ReadonlyMap<string, Told>> {
    const rows = await database().manager.query<
      (Omit<Told, 'bytes' | 'count' | 'clientId'> & {
        id: string;
        bytes: string;
        fields: [string, unknown][];
      })[]
    >(
      `SELECT e.id, e.type, e.grant_id AS "grantId", e.reason_codes AS "reasonCodes", e.bytes,
         convert_from(substring(p.body FROM 33), 'UTF8')::jsonb AS fields
       FROM audit_event e JOIN audit_payload p ON p.event_id = e.id
         AND p.subject_id = '00000000-0000-0000-0000-000000000000'
       WHERE e.type LIKE 'object.read-%'`,
    );
    return new Map(
      rows.map(({ id, fields, bytes, ...row }) => {
        const named = new Map(fields);
        const count = named.get('count') as number;
        return [id, { ...row, bytes: Number(bytes), count, clientId: named.get('clientId') }];
      }),
    );
  }
  async function toldBy(act: () => Promise<unknown>): Promise<readonly Told[]> {
    const before = await told();
    await act();
    return [...(await told())].filter(([id]) => !before.has(id)).map(([, event]) => event);
  }
  const mailsTo = async (person: string): Promise<number> => {
    const [row] = await database().manager.query<{ count: string }[]>(
      `SELECT count(*) FROM mail_outbox WHERE dedupe_key LIKE 'unmatched:%:' || $1`,
      [person],
    );
    return Number(row?.count);
  };
  /** URLs of a page, handed out under a grant. */
  async function urlsOf(grantId: string): Promise<string> {
    const id = await database().transaction((tx) =>
      world.nodes[0].app.get(AuditService).record(tx, 'object.url-issued', {
        datasetId: DATASET,
        grantId,
        count: 5,
      }),
    );
    const now = world.clock
      .now()
      .toISOString()
      .replace(/[-:]|\.\d{3}/g, '');
    return `X-Amz-Date=${now}&X-Amz-Expires=120&X-Amz-Credential=${store.location.accessKeyId}%2F1&x-concordat-read=${id}&X-Amz-Signature=topsecretsignature`;
  }

  it('tells of a thousand reads in one event, and of those that come later in one more when their hour is over', async () => {
    const lines = (count: number): string[] =>
      Array.from({ length: count }, (_, n) => aLine({ at: at(0), object: `${String(n)}.csv` }));
    const first = await toldBy(() => {
      put('1', lines(1_200));
      return sweep();
    });
    expect(first).toMatchObject([{ type: 'object.read-unmatched', count: 1_200, bytes: 12_000 }]);
    const later = await toldBy(async () => {
      for (const name of ['2', '3', '4']) {
        put(name, lines(100));
        await sweep();
      }
    });
    expect(later).toEqual([]);
    const rest = await toldBy(async () => {
      await world.move(HOUR_MS + LAG_MS);
      await sweep();
    });
    expect(rest).toMatchObject([{ type: 'object.read-unmatched', count: 300, bytes: 3_000 }]);
    expect((await state())?.lines).toBeGreaterThanOrEqual(1_500);
  });

  it('writes to whoever answers for the dataset and to the officers of the operator, once an hour of it', async () => {
    const before = [await mailsTo(OWNER), await mailsTo(OFFICER)];
    put('1', [aLine({ at: at(0) }), aLine({ at: at(0), requester: 'somebody-else' })]);
    await sweep();
    put('2', [aLine({ at: at(0), requester: 'a-third' })]);
    await sweep();
    expect([await mailsTo(OWNER), await mailsTo(OFFICER)]).toEqual(
      before.map((count) => count + 1),
    );
    const [mail] = await database().manager.query<{ body: string; recipient: string }[]>(
      `SELECT body, recipient FROM mail_outbox WHERE dedupe_key LIKE 'unmatched:%' ORDER BY created_at DESC LIMIT 1`,
    );
    expect(mail?.body).toContain('Footfall');
    expect(mail?.body).not.toContain('192.0.2.3');
    expect(await state()).toMatchObject({ lastUnmatchedAt: at(0), fault: null });
  });

  it('counts what it cannot read, and goes on', async () => {
    const before = await state();
    const found = await toldBy(async () => {
      put('1', ['', 'prose', aLine({ at: at(0) }), aLine({ at: at(0) }).slice(0, 60)]);
      store.objects.set(`${PREFIX}2`, Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x0a, 0xc3]));
      put('3', [aLine({ at: at(0) })]);
      await sweep();
    });
    expect(found).toMatchObject([{ count: 2 }]);
    const after = await state();
    expect((after?.unreadableLines ?? 0) - (before?.unreadableLines ?? 0)).toBe(4);
    expect((after?.lines ?? 0) - (before?.lines ?? 0)).toBe(6);
  });

  it('looks at nothing from before it was to be read, and at nothing beside the datasets', async () => {
    const old = new Date(hour().getTime() - 3 * LAG_MS);
    const key = `${world.prefix.slice(0, -1)}2/a.csv`;
    const found = await toldBy(async () => {
      put('1', [aLine({ at: old }), aLine({ at: at(0) }).replaceAll(world.prefix + 'a.csv', key)]);
      await sweep();
    });
    expect(found).toEqual([]);
  });

  it('knows the reads that the broker makes for itself, and no copy of their mark', async () => {
    const key = `${world.prefix}a.csv`;
    const { bucket } = store.location;
    const mark = world.nodes[0].app.get(ReadMarks).own({ bucket, key });
    const now = world.clock.now();
    const query = `x-concordat-read=${mark}`;
    const found = await toldBy(async () => {
      put('1', [
        aLine({ at: now, query }),
        aLine({ at: now, query, object: 'b.csv', bytes: 7 }),
        aLine({ at: new Date(now.getTime() - 4 * 60_000), query, bytes: 5 }),
      ]);
      await sweep();
    });
    expect(found.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(12);
    expect(found.every(({ type }) => type === 'object.read-unmatched')).toBe(true);
  });

  it('doubles nothing and loses nothing when it dies in the middle of an object', async () => {
    const lines = Array.from({ length: 1_100 }, () => aLine({ at: at(0) }));
    const before = await state();
    const found = await toldBy(async () => {
      put('1', lines);
      await failing('access_log_object', () => sweep());
      expect((await state())?.fault).toEqual(expect.any(String));
      await failing('audit_event', () => sweep());
      await sweep();
      await sweep();
    });
    expect(found).toMatchObject([{ count: 1_100, bytes: 11_000 }]);
    expect((await state())?.fault).toBeNull();
    expect((await state())?.lines).toBe((before?.lines ?? 0) + 1_100);
  });

  it('gives the same to two workers as to one', async () => {
    const found = await toldBy(async () => {
      for (let n = 0; n < 30; n += 1) {
        put(String(n).padStart(2, '0'), [aLine({ at: at(0) }), aLine({ at: at(0) })]);
      }
      store.faults = { lastModified: world.clock.now(), pageSize: 4 };
      await Promise.all([sweep(0), sweep(1), sweep(0)]);
      await sweep();
    });
    expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(60);
  });

  it('says that a log cannot be read, and reads it when it can', async () => {
    put('1', [aLine({ at: at(0) })]);
    store.faults = { status: 403 };
    await sweep();
    expect((await state())?.fault).toEqual(expect.any(String));
    expect((await state())?.readAt).toBeNull();
    store.faults = { lastModified: world.clock.now() };
    const found = await toldBy(() => sweep());
    expect(found).toMatchObject([{ count: 1 }]);
    expect(await state()).toMatchObject({ fault: null, readAt: world.clock.now() });
  });

  it('forgets log objects that nothing comes before any more, and reads none of them again', async () => {
    put('1', [aLine({ at: at(0) })]);
    put('2', [aLine({ at: at(0) })]);
    await sweep();
    await world.move(12 * HOUR_MS);
    put('3', [aLine({ at: at(0) })]);
    await sweep();
    store.requests.length = 0;
    await sweep();
    expect(store.requests.filter((request) => request.includes(PREFIX))).toEqual([]);
    const rows = await database().manager.query<unknown[]>('SELECT key FROM access_log_object');
    expect(rows.length).toBeLessThanOrEqual(1);
  });

  it('tells the same of reads in whatever order, however late and how often the log tells of them', async () => {
    const grant = await world.grantOf(await world.seal([]), { delivery: 'presign' });
    const query = await urlsOf(grant.id);
    const now = world.clock.now();
    const reads: readonly Omit<LineParts, 'requestId'>[] = [
      ...[0, 1, 2].map(() => ({ at: at(-1) })),
      ...[0, 1].map(() => ({ at: at(0) })),
      { at: at(0), requester: 'other', object: 'b.csv', bytes: 33 },
      ...[0, 1, 2].map((n) => ({ at: now, query, object: `${String(n)}.csv`, bytes: 20 })),
    ];
    const lineOf = (n: number, run: string): string => {
      const { requester, ...read } = reads[n] ?? { at: now };
      return aLine({
        ...read,
        requestId: `${run}-${String(n)}`,
        ...(requester === undefined ? {} : { requester: `${requester}-${run}` }),
      });
    };
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(
          reads.flatMap((_, n) => [n, n]),
          { minLength: 2 * reads.length },
        ),
        fc.array(fc.nat(3), { minLength: 2 * reads.length, maxLength: 2 * reads.length }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        async (order, places, pauses) => {
          await startOver();
          const run = randomUUID();
          const found = await toldBy(async () => {
            for (const [object, isSwept] of pauses.entries()) {
              const lines = order.filter((_, n) => places[n] === object).map((n) => lineOf(n, run));
              put(`${run}-${String(4 - object)}`, lines);
              if (isSwept) {
                await sweep();
              }
            }
            await sweep();
            await settle();
          });
          expect(totalsOf(found)).toEqual([
            `observed ${grant.id} 3 reads 60 bytes`,
            'unmatched 1 reads 33 bytes',
            'unmatched 2 reads 20 bytes',
            'unmatched 3 reads 30 bytes',
          ]);
        },
      ),
      { numRuns: 15 },
    );
  }, 120_000);

  it('keeps no signature, no address and no name of a requester (R8.7)', async () => {
    put('1', [
      aLine({
        at: at(0),
        requester: 'arn:aws:iam::1:user/canary-name',
        query: 'X-Amz-Signature=canarysignature&X-Amz-Security-Token=canarytoken',
      }),
    ]);
    await sweep();
    const text = await databaseText(world.db.urlFor('postgres'));
    expect(text).toContain('object.read-unmatched');
    for (const secret of ['canarysignature', 'canarytoken', 'canary-name', '192.0.2.3']) {
      expect(text).not.toContain(secret);
    }
  });

  /** So that the rest of each hour is told as well, as if a day and more had gone by. */
  async function settle(): Promise<void> {
    await world.move(LAG_MS + 2 * HOUR_MS);
    await sweep();
    await world.move(-(LAG_MS + 2 * HOUR_MS));
  }

  /** Does something while no row gets into a table, as when the process dies before its commit. */
  async function failing(table: string, act: () => Promise<unknown>): Promise<void> {
    const when = table === 'audit_event' ? `WHEN (NEW.type LIKE 'object.read-%')` : '';
    await asSuperuser(
      world.db,
      `CREATE FUNCTION fail_now() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'planted'; END $$;
       CREATE TRIGGER fail_now BEFORE INSERT ON ${table} FOR EACH ROW ${when} EXECUTE FUNCTION fail_now();`,
    );
    await act();
    await asSuperuser(world.db, `DROP TRIGGER fail_now ON ${table}; DROP FUNCTION fail_now;`);
  }
});

/** Of all events about one grant, or one requester and hour. */
function totalsOf(found: readonly Told[]): readonly string[] {
  const groups = Map.groupBy(found, ({ grantId, clientId, reasonCodes }) =>
    JSON.stringify([grantId, clientId, reasonCodes.find((code) => code.startsWith('hour:'))]),
  );
  return [...groups.values()]
    .map((events) => {
      const count = events.reduce((sum, event) => sum + event.count, 0);
      const bytes = events.reduce((sum, event) => sum + event.bytes, 0);
      const [first] = events;
      const what =
        first?.type === 'object.read-observed' ? `observed ${String(first.grantId)}` : 'unmatched';
      return `${what} ${String(count)} reads ${String(bytes)} bytes`;
    })
    .sort();
}
