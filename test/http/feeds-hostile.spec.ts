import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { AuditService } from '../../src/audit/audit.service.js';
import { DATASET } from '../support/delivery-data.js';
import {
  deliveryWorld,
  etagOf,
  type DeliveryWorld,
  type HeldGrant,
} from '../support/delivery-world.js';
import { startFaultyStore, type FaultyStore } from '../support/faulty-store.js';
import { follow } from '../support/feed-reader.js';
import { until } from '../support/policy-node.js';

describe('a live feed under attack', () => {
  let store: FaultyStore;
  let world: DeliveryWorld;
  let superuser: pg.Client;

  beforeAll(async () => {
    store = await startFaultyStore();
    world = await deliveryWorld(store.location);
    superuser = new pg.Client(world.db.urlFor('postgres'));
    await superuser.connect();
    await superuser.query(`UPDATE dataset SET kind = 'feed'`);
    await superuser.query(
      `INSERT INTO feed (dataset_id, watch_due_at, watched_at) VALUES ($1, 'infinity', now())`,
      [DATASET],
    );
  }, 60_000);
  afterAll(async () => {
    await superuser.end();
    await world.close();
    await store.close();
  });

  const lastNumber = async (): Promise<number> => {
    const { rows } = await superuser.query<{ last: string }>(
      'SELECT last_number AS last FROM feed',
    );
    return Number(rows[0]?.last);
  };
  const grow = async (count: number, length = 20): Promise<void> => {
    const from = await lastNumber();
    await superuser.query(
      `WITH e AS (INSERT INTO feed_entry (dataset_id, number, change, name, size, etag, last_modified, noticed_at)
         SELECT $1, $2::bigint + n, 'available', lpad(($2::bigint + n)::text, 10, '0') || repeat('é', $4), 1, '"x"', now(), now()
         FROM generate_series(1, $3::int) n RETURNING dataset_id, name, number)
       INSERT INTO feed_object SELECT * FROM e`,
      [DATASET, from, count, length],
    );
    await superuser.query('UPDATE feed SET last_number = last_number + $1', [count]);
  };
  const subscribe = async (feedAfter?: number): Promise<HeldGrant & { feed: string }> => {
    const held = await world.grantOf(null, {
      delivery: 'feed',
      feedAfter: feedAfter ?? (await lastNumber()),
    });
    return { ...held, feed: held.path.replace(/objects$/, 'feed') };
  };
  const at = (node: 0 | 1, grant: { readonly feed: string }): string =>
    `${world.nodes[node].url}${grant.feed}/events`;
  const openMany = async (urls: readonly string[], token: string) => {
    const stop = new AbortController();
    const answers = await Promise.all(
      urls.map((url) =>
        fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: stop.signal }),
      ),
    );
    const open = answers.filter(({ status }) => status === 200).length;
    stop.abort();
    await pause(300);
    return open;
  };
  /** A reader that takes nothing until it is told. */
  const rawFollow = async (grant: HeldGrant & { feed: string }): Promise<Socket> => {
    const { hostname, port } = new URL(world.nodes[0].url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.pause();
    socket.write(
      `GET ${grant.feed}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${grant.token}\r\n\r\n`,
    );
    return socket;
  };
  it('at most 4 of one person, also when they are opened at the same moment', async () => {
    const grant = await subscribe();
    const open = await openMany(
      Array.from({ length: 12 }, () => at(0, grant)),
      grant.token,
    );
    expect(open).toBeLessThanOrEqual(4);
  });

  it('a grant that was shortened and goes on is not told of as revoked', async () => {
    const grant = await subscribe();
    const following = follow(at(0, grant), grant.token);
    await until(async () => (await world.eventsOf(grant.id)).length > 0);
    await superuser.query(
      `UPDATE grants SET epoch = epoch + 1, expires_at = expires_at - interval '1 minute' WHERE id = $1`,
      [grant.id],
    );
    await superuser.query('NOTIFY concordat_grants');
    const { events, ended } = await following;
    expect(ended).toBe(true);
    expect(events.map(({ type }) => type)).not.toContain('grant.revoked');
  });

  it('HEAD holds no stream and tells of nothing', async () => {
    const grant = await subscribe();
    await grow(5);
    const answer = await fetch(at(0, grant), {
      method: 'HEAD',
      headers: { authorization: `Bearer ${grant.token}` },
      signal: AbortSignal.timeout(5_000),
    });
    expect(answer.status).toBe(200);
    await pause(1_500);
    const { rows } = await superuser.query<{ type: string }>(
      `SELECT type FROM audit_event WHERE grant_id = $1 ORDER BY type`,
      [grant.id],
    );
    expect(rows).toEqual([]);
  });

  it('HEAD of what is new tells of nothing', async () => {
    const grant = await subscribe();
    await grow(5);
    await fetch(`${world.nodes[0].url}${grant.feed}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${grant.token}` },
    });
    expect((await world.eventsOf(grant.id)).map(({ type }) => type)).not.toContain(
      'feed.delivered',
    );
  });

  /** The broker's end of what is opened next. */
  const nextServerSocket = (): Promise<Socket> =>
    new Promise((resolve) => {
      world.nodes[0].app.getHttpServer().once('connection', (socket: Socket) => {
        resolve(socket);
      });
    });

  it('a reader that takes nothing holds no connection after its token has ended', async () => {
    const grant = await subscribe();
    await grow(8_000, 450);
    await world.move(592_000);
    await pause(1_200);
    const accepted = nextServerSocket();
    const socket = await rawFollow(grant);
    const server = await accepted;
    await until(async () =>
      (await world.eventsOf(grant.id)).some(({ type }) => type === 'feed.ended'),
    );
    await world.move(-592_000);
    await world.revoke(grant.id);
    await pause(3_000);
    const isHeld = !server.destroyed;
    socket.destroy();
    expect(isHeld).toBe(false);
  }, 120_000);

  it('a reader that takes nothing is cut within a second of the revocation', async () => {
    const grant = await subscribe();
    await grow(8_000, 450);
    const accepted = nextServerSocket();
    const socket = await rawFollow(grant);
    const server = await accepted;
    await until(async () => (await world.eventsOf(grant.id)).length > 0);
    await pause(6_000);
    await world.revoke(grant.id);
    await until(() => server.destroyed);
    socket.destroy();
    expect(server.destroyed).toBe(true);
  }, 40_000);

  it('an empty Last-Event-ID is none', async () => {
    const grant = await subscribe();
    const stop = new AbortController();
    const { status } = await fetch(at(0, grant), {
      headers: { authorization: `Bearer ${grant.token}`, 'last-event-id': '' },
      signal: stop.signal,
    });
    stop.abort();
    expect(status).toBe(200);
  });
  it('an open says which bytes of a name were read', async () => {
    const grant = await subscribe();
    const name = 'replaced.csv';
    const audit = world.nodes[0].app.get(AuditService);
    const prepare = audit.prepare.bind(audit);
    const opened: Record<string, unknown>[] = [];
    audit.prepare = (type, input) => {
      if (type === 'object.opened') {
        opened.push(input);
      }
      return prepare(type, input);
    };
    const put = async (body: string, tag: string): Promise<void> => {
      store.objects.set(world.prefix + name, Buffer.from(body));
      const from = await lastNumber();
      await superuser.query(
        `WITH e AS (INSERT INTO feed_entry (dataset_id, number, change, name, size, etag, last_modified, noticed_at)
           VALUES ($1, $2::bigint + 1, 'available', $3, $4, $5, now(), now()) RETURNING dataset_id, name, number)
         INSERT INTO feed_object SELECT * FROM e ON CONFLICT (dataset_id, name) DO UPDATE SET number = excluded.number`,
        [DATASET, from, name, body.length, tag],
      );
      await superuser.query('UPDATE feed SET last_number = last_number + 1');
      const answer = await fetch(`${world.nodes[0].url}${grant.path}/${name}`, {
        headers: { authorization: `Bearer ${grant.token}` },
      });
      expect([answer.status, await answer.text()]).toEqual([200, body]);
    };
    await put('first', etagOf(Buffer.from('first')));
    await put('second', etagOf(Buffer.from('second')));
    audit.prepare = prepare;
    expect(opened).toHaveLength(2);
    expect(opened.map(({ objectVersion }) => typeof objectVersion)).toEqual(['string', 'string']);
    expect(opened[0]?.['objectVersion']).not.toBe(opened[1]?.['objectVersion']);
  });

  it('a broker that stops ends the stream, writes its end, and another goes on from there', async () => {
    const grant = await subscribe();
    const node = await world.addNode({});
    const reading = follow(`${node.url}${grant.feed}/events`, grant.token);
    await until(async () => (await world.eventsOf(grant.id)).length > 0);
    await grow(5);
    await pause(1_500);
    await node.app.close();
    const { events } = await reading;
    expect(events).toHaveLength(5);
    expect(await world.eventsOf(grant.id)).toContainEqual(
      expect.objectContaining({ type: 'feed.ended', reasonCodes: ['node_stopping'] }),
    );
    await grow(5);
    const rest = await follow(at(1, grant), grant.token, {
      lastEventId: events.at(-1)?.id,
      isEnough: (e) => e.length >= 5,
    });
    expect(rest.events).toHaveLength(5);
  });
});
