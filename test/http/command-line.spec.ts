import { createHash, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestAtPartner } from '../../sandbox/demo/partner-file.js';
import { Client } from '../../src/client/client.js';
import { ClientError } from '../../src/client/client-error.js';
import { Browsing } from '../../sandbox/browsing.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly said: readonly string[];
}

const SCOPES = [
  'grant:issue',
  'grant:read',
  'grant:refresh',
  'dataset:read',
  'access_request:read',
];

describe('the researcher’s command line', () => {
  let world: HttpWorld;
  let folder: string;
  let token: string;
  let place = 0;

  beforeAll(async () => {
    world = await httpWorld();
    folder = mkdtempSync(join(tmpdir(), 'concordat-cli-'));
    const body = { name: 'Command line', scopes: SCOPES };
    ({ token } = await world.callers.researcher.post<{ token: string }>('/api/v1/tokens', body));
  }, 120_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await world.close();
  }, 30_000);

  const run = async (command: string, args: readonly string[], signedIn = true): Promise<Ran> => {
    const out: string[] = [];
    const said: string[] = [];
    const environment = {
      folder: join(folder, 'config'),
      broker: world.config.publicUrl,
      token: signedIn ? token : undefined,
    };
    const client = new Client(
      environment,
      (line) => out.push(line),
      (line) => said.push(line),
    );
    try {
      return { code: (await client.run(command, args)) ?? -1, out, said };
    } catch (error) {
      if (error instanceof ClientError) {
        return { code: error.exitCode, out, said: [...said, error.message] };
      }
      throw error;
    }
  };
  const newFolder = (): string => join(folder, `out-${String((place += 1))}`);
  const request = (): string => world.seeded.accessRequestId;
  const get = (out: string, ...more: string[]): Promise<Ran> =>
    run('get', [request(), '--out', out, ...more]);
  const digestOf = (path: string): string =>
    createHash('sha256').update(readFileSync(path)).digest('hex');

  it('shows what there is, as a table and as JSON', async () => {
    const { code, out } = await run('datasets', []);
    expect([code, out[0]]).toEqual([0, expect.stringMatching(/^id +access +kind +title$/)]);
    const json = await run('datasets', ['search', '--json']);
    expect(json.out.map((line) => (JSON.parse(line) as { title: string }).title)).toEqual([
      'Stop and search in London',
    ]);
  });

  describe('get', () => {
    let name: string;

    beforeAll(async () => {
      const { code, said } = await get(join(folder, 'first'), '*.csv');
      expect([code, said.at(-1)]).toEqual([0, expect.stringMatching(/^\d+ fetched, 0 there/)]);
      const [first] = [...world.stores[0].files.keys('stop-search/', '')].filter(
        ({ size }) => size > 2_000,
      );
      name = first?.key.slice('stop-search/'.length) ?? '';
    }, 60_000);

    it('puts every object there as it lies at the partner, and a second time nothing', async () => {
      const fetched = digestOf(join(folder, 'first', name));
      expect(fetched).toBe(await digestAtPartner(world.stores[0], `stop-search/${name}`));
      const again = await get(join(folder, 'first'), '*.csv');
      expect([again.code, again.said.at(-1)]).toEqual([0, expect.stringMatching(/^0 fetched/)]);
    });

    const partOf = (out: string): string => {
      const { etag } = world.stores[0].files.get(`stop-search/${name}`);
      const version = createHash('sha256').update(etag).digest('hex').slice(0, 12);
      return join(out, `${name}.${version}.part`);
    };
    const withPart = (bytes: Buffer): string => {
      const out = newFolder();
      mkdirSync(out, { recursive: true });
      writeFileSync(partOf(out), bytes);
      return out;
    };
    const whole = (): Buffer => readFileSync(join(folder, 'first', name));

    it('goes on where it was interrupted', async () => {
      const out = withPart(whole().subarray(0, 1_000));
      const { code } = await get(out, name);
      expect([code, digestOf(join(out, name))]).toEqual([0, digestOf(join(folder, 'first', name))]);
      const events = await world.callers.officer.get<{ items: { type: string; range?: string }[] }>(
        `/api/v1/audit/events?type=object.opened`,
      );
      expect(JSON.stringify(events.items)).toContain('"1000-');
      expect(existsSync(partOf(out))).toBe(false);
    });

    it('believes no part that was changed: it is thrown away and fetched anew', async () => {
      const out = withPart(Buffer.alloc(1_000, 'x'));
      const { code } = await get(out, name);
      expect([code, digestOf(join(out, name))]).toEqual([0, digestOf(join(folder, 'first', name))]);
    });

    it('replaces nothing of the same name unless it is told to', async () => {
      const out = newFolder();
      mkdirSync(out, { recursive: true });
      writeFileSync(join(out, name), 'mine');
      const refused = await get(out, name);
      expect([refused.code, readFileSync(join(out, name), 'utf8')]).toEqual([5, 'mine']);
      expect((await get(out, name, '--force')).code).toBe(0);
      expect(statSync(join(out, name)).size).toBe(whole().length);
    });

    it('follows no link out of its folder', async () => {
      const out = newFolder();
      const outside = newFolder();
      mkdirSync(out, { recursive: true });
      mkdirSync(outside, { recursive: true });
      symlinkSync(join(outside, 'stolen'), join(out, name));
      const { code } = await get(out, name, '--force');
      expect([code, existsSync(join(outside, 'stolen'))]).toEqual([0, false]);
      expect(statSync(join(out, name)).isFile()).toBe(true);
    });

    it('says when nothing has such a name', async () => {
      expect((await get(newFolder(), 'nothing*')).code).toBe(1);
    });
  });

  it.each<[string, string[], number]>([
    ['get', [], 2],
    ['get', ['a', 'b', 'c'], 2],
    ['get', ['--parallel', '0', 'a'], 2],
    ['get', ['--colour', 'a'], 2],
    ['feed', [], 2],
    ['request', ['--project', 'a'], 2],
    ['get', [randomUUID()], 4],
    ['login', ['http://share.example.org'], 2],
    ['login', ['share'], 2],
  ])('%s %j ends with %i and a line that says why', async (command, args, code) => {
    const ran = await run(command, args);
    expect([ran.code, ran.said.at(-1)]).toEqual([code, expect.stringMatching(/\w+/)]);
  });

  it('without a sign-in says how to sign in', async () => {
    const { code, said } = await run('grants', [], false);
    expect([code, said]).toEqual([3, [expect.stringContaining('concordat login')]]);
  });

  it('signs in by a code that is entered elsewhere, and keeps what it got to itself', async () => {
    const client = world.config.publicUrl;
    let invited = '';
    const signing = new Client(
      { folder: join(folder, 'config'), broker: client, token: undefined },
      () => undefined,
      (line) => (invited += line),
    ).run('login', []);
    while (!invited.includes('user_code=')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await enterCode(/Open (\S+)/.exec(invited)?.[1] ?? '');
    expect(await signing).toBe(0);
    const file = join(folder, 'config', 'session.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { code, out } = await run('grants', [], false);
    expect([code, out[0]]).toEqual([0, expect.stringContaining('until')]);
    expect((await run('logout', [], false)).code).toBe(0);
    expect((await run('grants', [], false)).code).toBe(3);
  }, 30_000);

  /** Sends each form as it comes, as the researcher in a browser. */
  async function enterCode(url: string): Promise<void> {
    const browsing = new Browsing();
    let { response, url: at } = await browsing.follow(url);
    for (let step = 0; step < 6 && response; step += 1) {
      const html = await response.text();
      const action = /action="([^"]+)"/.exec(html)?.[1];
      if (action === undefined) {
        return;
      }
      const hidden = [...html.matchAll(/name="([^"]+)"[^>]*value="([^"]*)"/g)];
      const fields = Object.fromEntries(
        hidden.map(([, name = '', value = '']): [string, string] => [name, value]),
      );
      const person = { email: 'researcher@sandbox.example', password: 'password of researcher' };
      const target = new URL(action.replaceAll('&amp;', '&'), at).href;
      response = await browsing.send(target, {
        ...fields,
        ...(html.includes('password') ? person : {}),
      });
      at = target;
      const location = response.headers.get('location');
      if (location !== null) {
        ({ response, url: at } = await browsing.follow(new URL(location, target).href));
      }
    }
  }
});
