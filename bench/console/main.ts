import pg from 'pg';
import { PageVisitor } from '../../sandbox/page-visitor.js';
import type { PersonaName } from '../../sandbox/personas.js';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { systemClock } from '../../src/kernel/clock.js';
import { median } from '../load.js';
import { makeGround, placeInCity } from '../review/stage.js';
import { onSandbox, say } from '../sandbox.js';
import { DatabaseLog } from '../statements/database-log.js';
import { commonStatements } from '../statements/recorded-statements.js';
import { MAIN_PAGES, type MainPage } from './pages.js';
import { Replay } from './replay.js';

const EVENTS = 100_000;
const RECORDINGS = 4;
const TIMES = 40;
const WARM_UP = 5;
const LIMIT = 3;

/** Medians, in milliseconds. */
interface Measured {
  readonly name: string;
  readonly statements: number;
  readonly kib: number;
  readonly page: number;
  readonly queries: number;
}

/**
 * `npm run bench:console`: each main page on a hundred thousand events, asked over HTTP of a broker by somebody who is signed
 * in, beside the statements that it sends for it, sent again alone on the same database. They take turns.
 */
async function measure(sandbox: RunningSandbox): Promise<void> {
  const admin = new pg.Client(sandbox.adminDatabaseUrl);
  await admin.connect();
  try {
    await makeGround(sandbox, admin, EVENTS);
    await placeInCity(admin, 'owner', 'data_owner');
    const visitors = new Map<PersonaName, PageVisitor>();
    for (const { persona } of MAIN_PAGES) {
      const { publicUrl, passwords } = sandbox;
      const visitor = visitors.get(persona);
      visitors.set(
        persona,
        visitor ?? (await PageVisitor.signedIn(publicUrl, persona, passwords[persona])),
      );
    }
    const measured: Measured[] = [];
    for (const page of MAIN_PAGES) {
      const visitor = visitors.get(page.persona);
      if (visitor) {
        const one = await measurePage(sandbox, admin, page, visitor);
        say(lineOf(one));
        measured.push(one);
      }
    }
    report(measured);
  } finally {
    await admin.end();
  }
}

async function measurePage(
  { databaseLog, adminDatabaseUrl }: RunningSandbox,
  admin: pg.Client,
  { name, path: template, of }: MainPage,
  visitor: PageVisitor,
): Promise<Measured> {
  const [thing] = of === undefined ? [] : (await admin.query<{ id: string }>(of)).rows;
  const path = template.replace(':id', thing?.id ?? '');
  let bytes = 0;
  const visit = async (): Promise<number> => {
    const startedAt = performance.now();
    const { status, html } = await visitor.get(path);
    if (status !== 200) {
      throw new Error(`${path}: ${String(status)}`);
    }
    bytes = Buffer.byteLength(html);
    return performance.now() - startedAt;
  };
  const log = new DatabaseLog(databaseLog, admin);
  for (let times = 0; times < WARM_UP; times += 1) {
    await visit();
  }
  await log.on();
  const since = systemClock.now().getTime();
  const recordings = [];
  for (let times = 0; times < RECORDINGS; times += 1) {
    recordings.push((await log.record(visit, (text) => text.length > 0)).statements);
  }
  await log.off();
  const statements = commonStatements(recordings);
  const secrets = new URL(adminDatabaseUrl);
  secrets.pathname = '/concordat_secrets';
  const urls = { main: adminDatabaseUrl, secrets: secrets.href };
  const replay = new Replay(urls, statements, since);
  await replay.open();
  const pages: number[] = [];
  const queries: number[] = [];
  try {
    for (let round = -WARM_UP; round < TIMES; round += 1) {
      const first = round % 2 === 0 ? await visit() : await replay.run();
      const second = round % 2 === 0 ? await replay.run() : await visit();
      if (round >= 0) {
        pages.push(round % 2 === 0 ? first : second);
        queries.push(round % 2 === 0 ? second : first);
      }
    }
  } finally {
    await replay.close();
  }
  return {
    name,
    statements: statements.length,
    kib: bytes / 1024,
    page: median(pages),
    queries: median(queries),
  };
}

function report(measured: readonly Measured[]): void {
  const ratios = measured.map(({ page, queries }) => page / queries);
  const worst = Math.max(...ratios);
  const figures = {
    events: EVENTS,
    times: TIMES,
    medianRatio: round(median(ratios)),
    slowestMs: round(Math.max(...measured.map(({ page }) => page))),
    pages: measured.map(({ name, page, queries, statements, kib }) => ({
      name,
      ms: round(page),
      queriesMs: round(queries),
      ratio: round(page / queries),
      statements,
      kib: round(kib),
    })),
  };
  say(
    `\nThe page that costs most beside its own queries: ${worst.toFixed(2)} (the limit is ${String(LIMIT)})`,
  );
  say(JSON.stringify({ bench: 'console', ratio: round(worst), figures }));
}

function lineOf({ name, page, queries, statements, kib }: Measured): string {
  const ms = (value: number): string => `${value.toFixed(1)} ms`.padStart(10);
  return `${name.padEnd(30)}${ms(page)}, queries alone${ms(queries)} (${String(statements).padStart(3)} statements, ${kib.toFixed(0).padStart(3)} KiB): ${(page / queries).toFixed(2)}`;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

await onSandbox(measure);
