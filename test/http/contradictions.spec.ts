import { PageVisitor } from '../../sandbox/page-visitor.js';
import type { PersonaName } from '../../sandbox/personas.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addDays, londonDay } from '../../src/kernel/london-day.js';
import { dayFields } from '../../src/platform/web/pages/form-fields.js';
import { FoundPage } from '../support/forms-of-pages.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

const today = londonDay(systemClock.now());
const days = (name: string, from: number): Record<string, string> =>
  dayFields(name, addDays(today, from)) as Record<string, string>;

interface Answers {
  readonly form: string;
  readonly persona: PersonaName;
  readonly path: (world: HttpWorld, own: string) => string;
  readonly sent: Readonly<Record<string, string | readonly string[]>>;
  /** What the page says of them. */
  readonly told: readonly RegExp[];
}

/** Answers of which each could be true, and all of them cannot. */
const CONTRADICTIONS: readonly Answers[] = [
  {
    form: 'a deputy whose turn ends before it begins',
    persona: 'dpo',
    path: (_, own) => `/organisations/${own}/delegations/new`,
    sent: {
      role: 'dpo',
      reason: 'A holiday.',
      ...days('startsOn', 20),
      ...days('endsOn', 10),
    },
    told: [/^Last day/],
  },
  {
    form: 'an invitation that ends before it begins',
    persona: 'owner',
    path: (_, own) => `/organisations/${own}/invitations/new`,
    sent: {
      email: 'new@borough.example',
      position: 'Analyst',
      roles: ['researcher'],
      ...days('startsOn', 20),
      ...days('endsOn', 10),
    },
    told: [/^Last day/],
  },
  {
    form: 'a check that expired before it was issued',
    persona: 'admin',
    path: (_, own) => `/organisations/${own}/checks/new`,
    sent: { kind: 'ico', number: 'Z1', ...days('issuedOn', -1), ...days('expiresOn', -10) },
    told: [/Expires|Last day|Kind/],
  },
  {
    form: 'a project that ends before it starts',
    persona: 'researcher',
    path: () => '/projects/new',
    sent: {
      title: 'Streets',
      summary: 'Streets.',
      publicBenefit: 'Better streets.',
      ethicsApproved: 'no',
      ...days('startsOn', 20),
      ...days('endsOn', 10),
    },
    told: [/Last day|Purpose/],
  },
  {
    form: 'a request for data until yesterday',
    persona: 'researcher',
    path: ({ seeded }) => `/requests/new?datasetId=${seeded.datasets[0]?.id ?? ''}`,
    sent: { justification: 'It was needed.', ...days('until', -1) },
    told: [/./],
  },
  {
    form: 'a day that no calendar has',
    persona: 'owner',
    path: (_, own) => `/organisations/${own}/invitations/new`,
    sent: {
      email: 'new@borough.example',
      position: 'Analyst',
      roles: ['data_owner'],
      'startsOn-day': '31',
      'startsOn-month': '2',
      'startsOn-year': '2027',
    },
    told: [/^First day/],
  },
];

describe('answers that contradict each other', () => {
  let world: HttpWorld;

  beforeAll(async () => {
    world = await httpWorld();
  }, 180_000);
  afterAll(() => world.close(), 60_000);

  it.each(CONTRADICTIONS)(
    '$form: the page says so, and keeps them',
    async ({ persona, path, sent, told }) => {
      const { publicUrl } = world.config;
      const visitor = await PageVisitor.signedIn(publicUrl, persona, `password of ${persona}`);
      const me = await world.callers[persona].get<{
        readonly memberships: readonly { readonly organisationId: string }[];
      }>('/api/v1/me');
      const where = path(world, me.memberships[0]?.organisationId ?? '');
      const [form] = new FoundPage((await visitor.get(where)).html, where).forms;
      if (!form) {
        throw new Error(`${where} has no form`);
      }
      // Of a list something is always chosen.
      const lists = form.fields.filter(({ kind, name }) => kind === 'list' && !(name in sent));
      const chosen = lists.map(({ name, values }) => [name, values.at(-1) ?? ''] as const);
      const answer = await visitor.post(form.action, { ...Object.fromEntries(chosen), ...sent });
      expect(answer.status).toBe(422);
      const page = new FoundPage(answer.html, form.action);
      const texts = page.errors.map(({ text }) => text);
      for (const words of told) {
        expect(texts).toContainEqual(expect.stringMatching(words));
      }
      expect(page.lost(form, sent)).toEqual([]);
    },
  );
});
