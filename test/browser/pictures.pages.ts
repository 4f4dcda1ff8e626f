import { mkdir } from 'node:fs/promises';
import type { PersonaName } from '../../sandbox/personas.js';
import { makeBusy } from '../support/busy-city.js';
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
