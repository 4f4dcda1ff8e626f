import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { WatchingRepository } from '../../src/catalogue/watching/watching.repository.js';
import { FEED_LIMITS } from '../../src/delivery/feeds/feed-limits.js';
import { LiveStreams } from '../../src/delivery/live/live-streams.js';
import { Database } from '../../src/platform/database/database.js';
import { DATASET, STORE } from '../support/delivery-data.js';
import {
  deliveryWorld,
  etagOf,
  type DeliveryWorld,
  type HeldGrant,
} from '../support/delivery-world.js';
import { startFaultyStore, type FaultyStore } from '../support/faulty-store.js';
import { follow, type ServerEvent } from '../support/feed-reader.js';
import { until } from '../support/policy-node.js';

interface Line {
  readonly type?: string;
  readonly name?: string;
  readonly cursor?: string;
  readonly end?: boolean;
  readonly count?: number;
  readonly nextCursor?: string;
}

describe('a live feed', () => {
  let store: FaultyStore;
  let world: DeliveryWorld;
  let superuser: pg.Client;
  let arrivals = 0;
  const watching = new WatchingRepository();
  const watch = { id: '00000000-0000-4000-8000-000000000001', datasetId: DATASET, storeId: STORE };

  beforeAll(async () => {
    store = await startFaultyStore();
    world = await deliveryWorld(store.location);
    superuser = new pg.Client(world.db.urlFor('postgres'));
    await superuser.connect();
    await superuser.query(`UPDATE dataset SET kind = 'feed'`);
    await superuser.query(
      `INSERT INTO feed (dataset_id, watch_due_at, watched_at, watch_claim) VALUES ($1, 'infinity', now(), $2)`,
      [DATASET, watch.id],
    );
  }, 60_000);
  afterAll(async () => {
    await superuser.end();
    await world.close();
    await store.close();
  });

  const database = (): Database => world.nodes[0].app.get(Database);
  const lastNumber = async (): Promise<number> => {
    const { rows } = await superuser.query<{ last: string }>(
      'SELECT last_number AS last FROM feed',
    );
    return Number(rows[0]?.last);
  };
  const bodyOf = (name: string): Buffer => Buffer.from(`readings of ${name}`);
  /** What the watcher does when it sees these names beside all that are there. */
  const arrive = async (
    names: readonly string[],
    from?: { readonly after: string },
  ): Promise<void> => {
    const entries = names.map((name) => {
      store.objects.set(world.prefix + name, bodyOf(name));
      const size = bodyOf(name).length;
      return {
        name,
        size,
        etag: etagOf(bodyOf(name)),
        lastModified: world.clock.now(),
        versionId: null,
        sha256: null,
      };
    });
    await database().transaction(async (tx) => {
      const last = await watching.hold(tx, { ...watch, prefix: world.prefix }, world.clock.now());
      const part = { entries, after: from?.after ?? '', upTo: names.at(-1) ?? null };
      await watching.note(
        tx,
        { ...watch, prefix: world.prefix },
        part,
        last ?? 0n,
        world.clock.now(),
      );
    });
  };
  /** A name that sorts after all before, as hourly readings do. */
  const nextNames = (count: number): string[] =>
    Array.from({ length: count }, () => `hour-${String((arrivals += 1)).padStart(8, '0')}.csv`);
  /** Only what comes now: what is there stays there. */
  const grow = async (count: number): Promise<readonly string[]> => {
    const before = `hour-${String(arrivals).padStart(8, '0')}.csv`;
    const names = nextNames(count);
    await arrive(names, { after: before });
    return names;
  };
  const subscribe = async (feedAfter?: number): Promise<HeldGrant & { readonly feed: string }> => {
    const after = feedAfter ?? (await lastNumber());
    const held = await world.grantOf(null, { delivery: 'feed', feedAfter: after });
    return { ...held, feed: held.path.replace(/objects$/, 'feed') };
  };
  const pull = async (
    { feed, token }: { readonly feed: string; readonly token: string },
    query = '',
    node: 0 | 1 = 0,
  ): Promise<{ status: number; lines: Line[]; text: string }> => {
    const answer = await fetch(`${world.nodes[node].url}${feed}${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const text = await answer.text();
    const lines = text.split('\n').filter((line) => line !== '');
    return {
      status: answer.status,
      text,
      lines: answer.status === 200 ? lines.map((line) => JSON.parse(line) as Line) : [],
    };
  };
  const cursorOf = async (grant: Parameters<typeof pull>[0]): Promise<string> =>
    (await pull(grant)).lines.at(-1)?.nextCursor ?? '';
  const names = (events: readonly ServerEvent[]): unknown[] =>
    events.map(({ data }) => data['name']);

  describe('looked at now and then', () => {
    it('tells what came since the grant began, and from where to go on', async () => {
      await grow(3);
      const grant = await subscribe();
      expect((await pull(grant)).lines).toEqual([
        { end: true, count: 0, hasMore: false, nextCursor: expect.any(String) as string },
      ]);
      const came = await grow(3);
      const { lines } = await pull(grant, '?limit=2');
      expect(lines.map(({ name }) => name)).toEqual([came[0], came[1], undefined]);
      expect(lines[0]).toMatchObject({
        type: 'object.available',
        size: bodyOf(came[0] ?? '').length,
      });
      const cursor = lines.at(-1)?.nextCursor ?? '';
      const rest = await pull(grant, `?cursor=${cursor}`);
      expect(rest.lines.map(({ name }) => name)).toEqual([came[2], undefined]);
      expect(
        (await pull(grant, `?cursor=${rest.lines.at(-1)?.nextCursor ?? ''}`)).lines,
      ).toHaveLength(1);
      expect((await world.eventsOf(grant.id)).map(({ type }) => type)).toEqual([
        'feed.delivered',
        'feed.delivered',
        'grant.activated',
      ]);
    });

    it('with history tells everything', async () => {
      const grant = await subscribe(0);
      const { lines } = await pull(grant);
      expect(lines.at(-1)?.count).toBe(await lastNumber());
    });

    it('takes a cursor up again after a night, with a new epoch and on another node', async () => {
      const grant = await subscribe();
      const cursor = (await pull(grant)).lines.at(-1)?.nextCursor ?? '';
      await superuser.query(
        `UPDATE grants SET epoch = 2, expires_at = expires_at + interval '1 day' WHERE id = $1`,
        [grant.id],
      );
      const came = await grow(2);
      const fresh = { ...grant, ...(await world.tokenFor(grant.id, 2)) };
      const { lines } = await pull(fresh, `?cursor=${cursor}`, 1);
      expect(lines.map(({ name }) => name)).toEqual([...came, undefined]);
    });

    it.each<[string, (own: string, other: string) => string]>([
      ['of another grant', (_, other) => other],
      ['whose number was changed', (own) => renumbered(own, 0)],
      ['whose signature was changed', (own) => `${own.slice(0, -3)}AAA`],
      ['without its signature', (own) => own.split('.')[0] ?? ''],
      ['under the signature of another', (own, other) => spliced(own, other)],
      ['that is text', () => 'cursor'],
    ])('GD-17: refuses a cursor %s', async (_, change) => {
      const [grant, other] = [await subscribe(), await subscribe()];
      const [own, foreign] = [await cursorOf(grant), await cursorOf(other)];
      const { status, text } = await pull(grant, `?cursor=${change(own, foreign)}`);
      expect([status, text]).toEqual([400, expect.stringContaining('page_token_invalid')]);
      const { status: followed } = await follow(
        `${world.nodes[0].url}${grant.feed}/events`,
        grant.token,
        { lastEventId: change(own, foreign) },
      );
      expect(followed).toBe(400);
      expect((await pull(grant, `?cursor=${own}`)).status).toBe(200);
    });

    it("GD-17: refuses a page token of the grant's own list, and the list a cursor", async () => {
      const grant = await subscribe();
      await grow(2);
      const headers = { authorization: `Bearer ${grant.token}` };
      const list = (query: string): Promise<Response> =>
        fetch(`${world.nodes[0].url}${grant.path}${query}`, { headers });
      const { nextPageToken } = (await (await list('?pageSize=1')).json()) as {
        nextPageToken: string;
      };
      expect((await pull(grant, `?cursor=${nextPageToken}`)).status).toBe(400);
      expect((await list(`?pageToken=${await cursorOf(grant)}`)).status).toBe(400);
    });

    it.each(['0', '1001', 'many', '-1'])('refuses a limit of %s', async (limit) => {
      expect((await pull(await subscribe(), `?limit=${limit}`)).status).toBe(422);
    });

    it('does not exist for a grant on files', async () => {
      const version = await world.seal([{ name: 'a.csv', body: Buffer.from('a') }]);
      const held = await world.grantOf(version);
      const { status } = await pull({ ...held, feed: held.path.replace(/objects$/, 'feed') });
      expect(status).toBe(409);
    });
  });

  describe('its objects', () => {
    const read = ({ path, token }: HeldGrant, name: string, headers: Record<string, string> = {}) =>
      fetch(`${world.nodes[0].url}${path}/${name}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
      });

    it('are read as soon as they are told of, and only those of the grant', async () => {
      const [old = ''] = await grow(1);
      const grant = await subscribe();
      const [name = ''] = await grow(1);
      const answer = await read(grant, name);
      expect([answer.status, await answer.text()]).toEqual([200, bodyOf(name).toString()]);
      expect((await read(grant, old)).status).toBe(404);
      expect((await read(grant, name, { 'if-match': '"other"' })).status).toBe(412);
      expect((await read(grant, name, { range: 'bytes=0-3' })).status).toBe(206);
    });

    it('are listed in the order of their arrival, as pages and as lines', async () => {
      const grant = await subscribe();
      const came = await grow(5);
      const list = async (
        query = '',
      ): Promise<{ objects: { name: string }[]; nextPageToken: string | null }> => {
        const answer = await fetch(`${world.nodes[0].url}${grant.path}${query}`, {
          headers: { authorization: `Bearer ${grant.token}` },
        });
        return (await answer.json()) as {
          objects: { name: string }[];
          nextPageToken: string | null;
        };
      };
      const first = await list('?pageSize=3');
      const second = await list(`?pageSize=3&pageToken=${first.nextPageToken ?? ''}`);
      expect([...first.objects, ...second.objects].map(({ name }) => name)).toEqual(came);
      expect(second.nextPageToken).toBeNull();
      const lines = await fetch(`${world.nodes[0].url}${grant.path}`, {
        headers: { authorization: `Bearer ${grant.token}`, accept: 'application/x-ndjson' },
      });
      expect((await lines.text()).trim().split('\n')).toHaveLength(6);
    });

    it('that went away are told of to those who could see them, and read by nobody', async () => {
      const [old = ''] = await grow(1);
      const late = await subscribe();
      const early = await subscribe((await lastNumber()) - 1);
      const [young = ''] = await grow(1);
      store.objects.delete(world.prefix + old);
      store.objects.delete(world.prefix + young);
      await database().transaction(async (tx) => {
        const last = await watching.hold(tx, { ...watch, prefix: world.prefix }, world.clock.now());
        const before = `hour-${String(arrivals - 2).padStart(8, '0')}.csv`;
        await watching.note(
          tx,
          { ...watch, prefix: world.prefix },
          { entries: [], after: before, upTo: young },
          last ?? 0n,
          world.clock.now(),
        );
      });
      const told = async (grant: Parameters<typeof pull>[0]): Promise<unknown[]> =>
        (await pull(grant)).lines
          .slice(0, -1)
          .map(({ type, name }) => `${type ?? ''} ${name ?? ''}`);
      expect(await told(early)).toEqual([
        `object.available ${old}`,
        `object.available ${young}`,
        `object.withdrawn ${old}`,
        `object.withdrawn ${young}`,
      ]);
      expect(await told(late)).toEqual([`object.available ${young}`, `object.withdrawn ${young}`]);
      expect((await read(early, young)).status).toBe(404);
    });
  });

  describe('followed as events', () => {
    const at = (node: 0 | 1, grant: { readonly feed: string }): string =>
      `${world.nodes[node].url}${grant.feed}/events`;

    it('comes by itself, in order', async () => {
      const grant = await subscribe();
      const following = follow(at(0, grant), grant.token, {
        isEnough: (events) => events.length >= 3,
      });
      await until(async () => (await world.eventsOf(grant.id)).length > 0);
      const came = [...(await grow(2)), ...(await grow(1))];
      const { events } = await following;
      expect(names(events)).toEqual(came);
      expect(events[0]).toMatchObject({
        type: 'object.available',
        data: { url: expect.stringContaining(`/objects/${came[0] ?? ''}`) as string },
      });
      await until(async () => (await world.eventsOf(grant.id)).length === 3);
      expect(
        (await world.eventsOf(grant.id)).map(({ type, reasonCodes }) => [type, reasonCodes]),
      ).toEqual([
        ['feed.ended', ['client_gone']],
        ['feed.subscribed', []],
        ['grant.activated', []],
      ]);
    });

    it('GD-25: loses and repeats nothing over 10,000 arrivals and 100 disconnects, on two nodes', async () => {
      const grant = await subscribe();
      const total = 10_000;
      const disconnects = 100;
      const came: string[] = [];
      const arriving = (async () => {
        while (came.length < total) {
          came.push(...(await grow(100)));
        }
      })();
      const got: ServerEvent[] = [];
      let turns = 0;
      for (let turn = 0; got.length < total; turn += 1) {
        const enough = turn < disconnects ? ((turn * 37) % 150) + 1 : Infinity;
        const wanted = Math.min(enough, total - got.length);
        const { status, events } = await follow(at(turn % 2 === 0 ? 0 : 1, grant), grant.token, {
          lastEventId: got.at(-1)?.id,
          isEnough: (events) => events.length >= wanted,
        });
        expect(status).toBe(200);
        // What came in the same packet was on its way when the connection broke: the reader never had it.
        got.push(...events.slice(0, wanted));
        turns = turn;
      }
      expect(turns).toBeGreaterThanOrEqual(disconnects);
      await arriving;
      expect(names(got)).toEqual(came);
    }, 60_000);

    it('leaves nothing open of a reader who goes while it begins', async () => {
      const grant = await subscribe();
      const headers = { authorization: `Bearer ${grant.token}` };
      for (let turn = 0; turn < 12; turn += 1) {
        await fetch(at(0, grant), { headers, signal: AbortSignal.timeout(turn) })
          .then((answer) => answer.body?.cancel())
          .catch(() => undefined);
      }
      const count = async (wanted: string): Promise<number> =>
        (await world.eventsOf(grant.id)).filter(({ type }) => type === wanted).length;
      const stop = new AbortController();
      const isOpen = async (): Promise<boolean> =>
        (await fetch(at(0, grant), { headers, signal: stop.signal })).status === 200;
      // Each stays open: all of the person's places are free again.
      for (let turn = 0; turn < FEED_LIMITS.perPerson; turn += 1) {
        await until(isOpen);
      }
      stop.abort();
      await until(async () => (await count('feed.ended')) === (await count('feed.subscribed')));
    });

    it('GD-12: ends within a second of a revocation on another node, and says so', async () => {
      const grant = await subscribe();
      const following = follow(at(1, grant), grant.token);
      await until(async () => (await world.eventsOf(grant.id)).length > 0);
      await world.revoke(grant.id);
      const { events, ended } = await following;
      expect(ended).toBe(true);
      expect(events.at(-1)).toMatchObject({
        type: 'grant.revoked',
        data: { reason: 'grant_ended' },
      });
      expect((await follow(at(0, grant), grant.token)).status).toBe(403);
    });

    it('ends with its token', async () => {
      const grant = await subscribe();
      await world.move(598_000);
      // To the nodes the leap looks like a database that said nothing for so long: they ask once more first.
      await pause(1_200);
      const { status, ended, events } = await follow(at(0, grant), grant.token);
      await world.move(-598_000);
      expect([status, ended, events]).toEqual([200, true, []]);
    });

    it('is open so many times at once for one person, and no more', async () => {
      const grant = await subscribe();
      const stop = new AbortController();
      const headers = { authorization: `Bearer ${grant.token}` };
      const open = () => fetch(at(0, grant), { headers, signal: stop.signal });
      const answers = [];
      for (let count = 0; count < FEED_LIMITS.perPerson; count += 1) {
        answers.push((await open()).status);
      }
      expect(answers).toEqual([200, 200, 200, 200]);
      expect((await open()).status).toBe(429);
      stop.abort();
    });

    it('asks the database once a second, however many follow', async () => {
      await world.nodes[0].app.get(LiveStreams, { strict: false }).drained();
      const grants = await Promise.all([subscribe(), subscribe(), subscribe()]);
      const { manager } = world.nodes[0].app.get(Database);
      const stop = new AbortController();
      for (const grant of grants) {
        await fetch(at(0, grant), {
          headers: { authorization: `Bearer ${grant.token}` },
          signal: stop.signal,
        });
      }
      let looks = 0;
      const query = manager.query.bind(manager);
      manager.query = (sql: string, ...rest: [unknown[]]) => {
        looks += sql.includes('feed_entry') ? 1 : 0;
        return query(sql, ...rest) as never;
      };
      await pause(2_500);
      Reflect.deleteProperty(manager, 'query');
      stop.abort();
      expect(looks).toBeGreaterThanOrEqual(1);
      expect(looks).toBeLessThanOrEqual(3);
    });

    // The last one: the clock of a node that is closed is moved no more.
    it('GD-25: goes on from its last event on another node when a broker is stopped', async () => {
      const grant = await subscribe();
      const node = await world.addNode({});
      let had: readonly ServerEvent[] = [];
      const following = follow(`${node.url}${grant.feed}/events`, grant.token, {
        isEnough: (events) => {
          had = [...events];
          return false;
        },
      });
      await until(async () => (await world.eventsOf(grant.id)).length > 0);
      const before = await grow(5);
      await until(() => had.length === before.length);
      await node.app.close();
      const { events } = await following;
      const after = await grow(5);
      const rest = await follow(at(1, grant), grant.token, {
        lastEventId: events.at(-1)?.id,
        isEnough: (events) => events.length >= after.length,
      });
      expect(names([...events, ...rest.events])).toEqual([...before, ...after]);
      expect(await world.eventsOf(grant.id)).toContainEqual(
        expect.objectContaining({ type: 'feed.ended', reasonCodes: ['node_stopping'] }),
      );
    });
  });
});

/** The same cursor with another number, under the old signature. */
function renumbered(cursor: string, after: number): string {
  const [text = '', tag = ''] = cursor.split('.');
  const body = JSON.parse(Buffer.from(text, 'base64url').toString()) as object;
  return `${Buffer.from(JSON.stringify({ ...body, after })).toString('base64url')}.${tag}`;
}

function spliced(cursor: string, other: string): string {
  return `${cursor.split('.')[0] ?? ''}.${other.split('.')[1] ?? ''}`;
}
