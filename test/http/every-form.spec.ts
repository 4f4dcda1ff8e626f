import { PageVisitor, type VisitedPage } from '../../sandbox/page-visitor.js';
import type { PersonaName } from '../../sandbox/personas.js';
import { makeBusy } from '../support/busy-city.js';
import { FoundPage, type FoundForm } from '../support/forms-of-pages.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { PAGE_ROUTES } from '../support/page-routes.js';

const READERS: readonly PersonaName[] = [
  'owner',
  'researcher',
  'officer',
  'admin',
  'ownerSignatory',
  'dpo',
  'partnerSignatory',
];
/** Pages of one route: others are the same with other things in them. */
const OF_A_ROUTE = 6;
/** Of events, whose pages differ by type, and of people, whose awards do. */
const OF_MANY_KINDS: Readonly<Record<string, number>> = {
  'GET /review/events/:id': 40,
  'GET /people/:id': 20,
  'GET /organisations/:id/members/:membershipId': 40,
};
const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)> {{7*7}} \${7*7} 🙂 ‮ `;
const LONG = HOSTILE.repeat(250).trim();
/** What is no page of its own: programs' answers, downloads, what leaves the console, and a table in another order. */
const NO_PAGE =
  /[?&]by=|^\/(api|my|auth|log|assets|catalog\.jsonld)\b|\/(odrl|receipt|content|disclosure|export\.csv)(\?|$)/;
/** Everything may be left out of them: an empty one is an answer. */
const MAY_BE_EMPTY = new Set([
  'POST /agreements/:id/draft/:list/:at',
  'POST /agreements/:id/draft/:section',
  'POST /organisations/:id/profile',
  'POST /organisations/:id/programs/:programId/enable',
  'POST /requests/:id/grant',
  'POST /stores/:id/access-log',
]);

/** No link of a page leads to these: why not stands beside each. */
const BESIDE: readonly string[] = [
  // The way in and out, and what a mail brings somebody to.
  'GET /auth/callback',
  'GET /auth/sign-in',
  'POST /auth/sign-out',
  'GET /invitations',
  'GET /invitations/:token',
  'POST /invitations/join',
  // Other catalogues send whoever wants it here.
  'GET /datasets/:id/request',
  // Downloads, which the walk leaves out.
  'GET /organisations/:id/datasets/export.csv',
  'GET /my/grants/:id/objects/*name',
  'GET /agreements/:id/odrl',
  'GET /grants/:id/receipt',
  'GET /review/events/:id/disclosure',
  'GET /review/events/:id/receipt',
  'GET /review/exports/:id/content',
  'GET /review/reports/:name/export.csv',
  // Behind the one answer that names the person.
  'GET /review/people/:id/erase',
  'POST /review/people/:id/erase',
];

/** Who may do these depends on what the others did: who may not is told by the act. */
const JUDGED_BY_THE_ACT = new Set(['POST /agreements/:id/accede', 'POST /agreements/:id/review']);

interface Found {
  readonly visitor: PageVisitor;
  readonly paths: ReadonlySet<string>;
  readonly faults: readonly object[];
  /** By route, the first of each. */
  readonly forms: ReadonlyMap<string, FoundForm>;
}

describe('every page and every form that somebody finds from the first page', () => {
  let world: HttpWorld;
  const found = new Map<PersonaName, Found>();

  beforeAll(async () => {
    world = await httpWorld({}, [], undefined, true);
    await makeBusy(world);
    const officer = await signedIn('officer');
    await officer.post('/review/saved/new', { name: 'Refusals', query: 'outcome=refused' });
    for (const persona of READERS) {
      found.set(persona, await walk(await signedIn(persona)));
    }
  }, 280_000);
  afterAll(() => world.close(), 60_000);

  const signedIn = (persona: PersonaName): Promise<PageVisitor> =>
    PageVisitor.signedIn(world.config.publicUrl, persona, `password of ${persona}`);
  const of = (persona: PersonaName): Found => {
    const one = found.get(persona);
    if (!one) {
      throw new Error(`${persona} found nothing`);
    }
    return one;
  };

  it.each(READERS)('%s is led to nothing that is not there', (persona) => {
    expect(of(persona).faults).toEqual([]);
  });

  it('is reached by somebody', () => {
    const reached = new Set(
      READERS.flatMap((persona) => [
        ...[...of(persona).paths].map((path) => routeOf('GET', path)),
        ...of(persona).forms.keys(),
      ]),
    );
    const pages = PAGE_ROUTES.map((route) => route.split(' ').slice(0, 2).join(' '));
    expect(new Set(pages.filter((route) => !reached.has(route)))).toEqual(new Set(BESIDE));
  });

  it.each(READERS)(
    '%s sends each form empty, and too long and hostile: nothing is lost',
    async (persona) => {
      const { visitor, forms } = of(persona);
      const faults: object[] = [];
      for (const [route, form] of forms) {
        const kinds = new Set(form.fields.map(({ kind }) => kind));
        // A choice among what is offered is an answer, and a mere button is one too.
        const isTyped = kinds.has('text') || kinds.has('secret');
        const isAsked = isTyped || kinds.has('one') || kinds.has('list') || kinds.has('many');
        const ways = [
          ...(isAsked && !MAY_BE_EMPTY.has(route) ? (['empty'] as const) : []),
          ...(isTyped ? (['long'] as const) : []),
        ];
        for (const how of ways) {
          const sent = fill(form, how);
          const answer = await visitor.post(form.action, sent);
          const isRefused = answer.status === 403 && JUDGED_BY_THE_ACT.has(route);
          const fault = isRefused ? undefined : faultOf(answer, form, sent);
          if (fault) {
            faults.push({ route, how, ...fault });
          }
        }
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  it.each([
    ['datasetId=junk', 422],
    ['datasetId=01990000-0000-7000-8000-00000000dead', 200],
    ['pageToken=junk', 400],
  ])('a search for %s is answered with %i', async (query, status) => {
    const answer = await of('officer').visitor.get(`/review/events?${query}`);
    expect(answer.status).toBe(status);
  });

  it('somebody of elsewhere finds none of them', async () => {
    const stranger = await signedIn('outsider' as PersonaName);
    const told: string[] = [];
    const { memberships } = await world.outsider.get<{
      readonly memberships: readonly { readonly organisationId: string }[];
    }>('/api/v1/me');
    const organisationIds = memberships.map(({ organisationId }) => organisationId);
    const { items } = await world.outsider.get<{
      readonly items: readonly { readonly personId: string }[];
    }>(`/api/v1/organisations/${organisationIds[0] ?? ''}/memberships`);
    const own = [...organisationIds, ...items.map(({ personId }) => personId)];
    const paths = READERS.flatMap((persona) => [...of(persona).paths]).filter(
      (path) => !own.some((id) => path.includes(id)),
    );
    for (const path of new Set(paths.filter((one) => /[0-9a-f]{8}-[0-9a-f]{4}-/.test(one)))) {
      const { status } = await stranger.get(path);
      if (status === 200 && !/^\/datasets\/[^/]+$/.test(path)) {
        told.push(path);
      }
    }
    expect(told).toEqual([]);
  }, 120_000);
});

async function walk(visitor: PageVisitor): Promise<Found> {
  const paths = new Set<string>();
  const counts = new Map<string, number>();
  const forms = new Map<string, FoundForm>();
  const faults: object[] = [];
  const waiting = ['/'];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const route = routeOf('GET', path);
    const count = counts.get(route) ?? 0;
    if (paths.has(path) || count >= (OF_MANY_KINDS[route] ?? OF_A_ROUTE)) {
      continue;
    }
    paths.add(path);
    counts.set(route, count + 1);
    const { status, html } = await visitor.get(path);
    if (status !== 200) {
      faults.push({ path, status });
      continue;
    }
    const page = new FoundPage(html, path);
    waiting.push(...page.links.filter((link) => !NO_PAGE.test(link)));
    for (const form of page.forms) {
      const key = routeOf('POST', form.action);
      forms.set(key, forms.get(key) ?? form);
    }
  }
  return { visitor, paths, faults, forms };
}

function faultOf(
  { status, html, location }: VisitedPage,
  form: FoundForm,
  sent: Readonly<Record<string, string | readonly string[]>>,
): object | undefined {
  const back = new FoundPage(html, form.action);
  const { errors } = back;
  if (status < 400 || status >= 500 || errors.length === 0) {
    return { status, location };
  }
  const fault = {
    lost: back.lost(form, sent),
    nowhere: errors.filter(({ href }) => href !== undefined && !back.has(href.slice(1))),
    // What only a program understands.
    unclear: errors.filter(({ text }) =>
      /regular expression|UUID|boolean|following values|elements|equal to|NOT|match format|^[a-z]|must be a string/.test(
        text,
      ),
    ),
    isRaw: html.includes('<script>alert(1)'),
    isUntold: !back.title.startsWith('Error: '),
  };
  const isGood = [fault.lost, fault.nowhere, fault.unclear].every(({ length }) => length === 0);
  return isGood && !fault.isRaw && !fault.isUntold ? undefined : fault;
}

function fill(
  { fields }: FoundForm,
  how: 'empty' | 'long',
): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    fields.flatMap(({ name, kind, values }): [string, string | readonly string[]][] => {
      switch (kind) {
        case 'hidden':
          return [[name, values[0] ?? '']];
        case 'list':
          return [[name, (how === 'empty' ? values[0] : values.at(-1)) ?? '']];
        case 'one':
          return how === 'empty' ? [] : [[name, values.at(-1) ?? '']];
        case 'many':
          return how === 'empty' ? [] : [[name, values]];
        default:
          return [[name, how === 'empty' ? '' : LONG]];
      }
    }),
  );
}

/** `GET /stores/:id` of a path; what is named stands before what is any. */
function routeOf(method: string, path: string): string {
  const parts = new URL(path, 'https://console.example').pathname.split('/');
  const routes = PAGE_ROUTES.filter((route) => route.startsWith(`${method} `))
    .map((route) => route.split(' ')[1] ?? '')
    .filter((route) => {
      const names = route.split('/');
      return (
        names.length === parts.length &&
        names.every((name, at) => name.startsWith(':') || name === parts[at])
      );
    })
    .sort((a, b) => a.split(':').length - b.split(':').length);
  return `${method} ${routes[0] ?? path}`;
}
