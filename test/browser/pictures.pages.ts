import { mkdir } from 'node:fs/promises';
import type { PersonaName } from '../../sandbox/personas.js';
import { PageVisitor } from '../../sandbox/page-visitor.js';
import { makeBusy } from '../support/busy-city.js';
import { FoundPage } from '../support/forms-of-pages.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { ReadingPages } from '../support/reading-pages.js';

const FOLDER = 'docs/images';
/** As much of a page as a laptop shows twice over: a picture of a long list tells no more. */
const PICTURE = { width: 1280, height: 1600 };

/** The pages that each of the four spends the day on. */
const PICTURES: readonly (readonly [
  name: string,
  persona: PersonaName,
  path: (world: HttpWorld) => string | Promise<string>,
])[] = [
  ['home', 'owner', () => '/'],
  ['search', 'researcher', () => '/datasets?q=stop'],
  ['dataset', 'researcher', ({ seeded }) => `/datasets/${seeded.datasets[0]?.id ?? ''}`],
  ['request', 'owner', (world) => firstOf(world, 'owner', '/api/v1/access-requests', '/requests')],
  ['grant', 'researcher', (world) => firstOf(world, 'researcher', '/api/v1/grants', '/grants')],
  ['agreement', 'ownerSignatory', ({ seeded }) => `/agreements/${seeded.agreements[0]?.id ?? ''}`],
  [
    'draft',
    'owner',
    (world) => firstOf(world, 'owner', '/api/v1/agreements?status=draft', '/agreements', '/draft'),
  ],
  ['review', 'officer', () => '/review'],
  ['story', 'officer', ({ seeded }) => `/review/datasets/${seeded.datasets[0]?.id ?? ''}`],
  ['log', 'officer', () => '/review/log'],
  ['store', 'owner', ({ seeded }) => `/stores/${seeded.stores[0]?.id ?? ''}`],
  ['administration', 'admin', () => '/administration'],
];

/** `npm run docs:images` */
describe('pictures of the main pages', () => {
  let world: HttpWorld;
  let pages: ReadingPages;

  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true });
    world = await httpWorld({}, [], undefined, true);
    await makeBusy(world);
    await readSome(world);
    pages = await ReadingPages.of(world);
  }, 180_000);
  afterAll(async () => {
    await pages.close();
    await world.close();
  }, 60_000);

  it.each(PICTURES)('%s', async (name, persona, path) => {
    const reader = await pages.reader(persona);
    await reader.page.setViewportSize(PICTURE);
    await reader.open(await path(world));
    await reader.page.screenshot({ path: `${FOLDER}/${name}.png` });
  });
});

/** So that there is something to draw. */
async function readSome({ callers, config }: HttpWorld): Promise<void> {
  const { publicUrl } = config;
  const researcher = await PageVisitor.signedIn(publicUrl, 'researcher', 'password of researcher');
  const { items } = await callers.researcher.get<{ items: readonly { readonly id: string }[] }>(
    '/api/v1/grants',
  );
  for (const { id } of items) {
    const path = `/grants/${id}/objects`;
    const files = new FoundPage((await researcher.get(path)).html, path).links.filter((link) =>
      link.startsWith('/my/'),
    );
    for (const file of files.slice(0, 5)) {
      await researcher.get(file, 'same-origin');
    }
  }
}

async function firstOf(
  { callers }: HttpWorld,
  persona: PersonaName,
  list: string,
  place: string,
  end = '',
): Promise<string> {
  const { items } = await callers[persona].get<{ items: readonly { readonly id: string }[] }>(list);
  return `${place}/${items[0]?.id ?? ''}${end}`;
}
