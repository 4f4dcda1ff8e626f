import { DataEngine } from '../../src/policy/engine/data-engine.js';
import { policiesFolder, readModel } from '../../src/policy/storage/policy-files.js';
import { answerPlainly } from '../differential/reference.js';
import { makeFullCaps, makeGround, type Ground } from './ground.js';
import { measure, type Times } from './measure.js';
import { casbinPeer, caslPeer, cedarPeer, ownPeer, type Peer } from './peers.js';

const SEED = 20_261_124;
const SIZES = [10, 1_000, 100_000] as const;
/** Plain Casbin and Cedar look at every rule: at 100,000 one answer takes seconds. */
const LARGEST_OF_A_SCAN = 1_000;
/** Asked of every engine before its time is taken; more would take the slowest minutes. */
const COMPARED = 100;
const COMPARISONS = 24;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * `npm run bench:policy`: one decision of this engine, of plain Casbin with `eval()`, of Cedar and of CASL on the same
 * rules and questions, in one run and from one seed, each after it has answered as a plain evaluator does. Ours makes the
 * whole record of a decision in its time; the others only answer.
 */
async function main(): Promise<void> {
  const engine = await DataEngine.load(readModel(policiesFolder()));
  const rows = new Map<string, Map<number, Times>>();
  const heapMiB: number[] = [];
  for (const size of SIZES) {
    const ground = makeGround(size, SEED);
    const before = heap();
    const own = ownPeer(engine, ground);
    heapMiB.push(heap() - before);
    for (const peer of [own, ...(await peersOf(ground, size))]) {
      const row = rows.get(peer.name) ?? new Map<number, Times>();
      rows.set(peer.name, row.set(size, timed(peer, ground)));
    }
  }
  const [one, many] = [1, COMPARISONS].map((comparisons) => {
    const ground = makeFullCaps(comparisons, SEED);
    return timed(ownPeer(engine, ground), ground);
  }) as [Times, Times];
  report(rows, { one, many }, heapMiB.at(-1) ?? 0);
}

async function peersOf(ground: Ground, size: number): Promise<readonly Peer[]> {
  return size > LARGEST_OF_A_SCAN
    ? [caslPeer(ground)]
    : [await casbinPeer(ground), cedarPeer(ground), caslPeer(ground)];
}

/** @throws Error for an answer that is not the plain evaluator's, or when there is but one answer to all. */
function timed(peer: Peer, { allows, denies, questions }: Ground): Times {
  const answers = questions.slice(0, COMPARED).map((question) => {
    const world = { rules: [...allows, ...denies], withdrawn: [], narrowings: [], questions: [] };
    const expected = answerPlainly(world, question).outcome;
    const answer = peer.asking(question)() ? 'allow' : 'deny';
    if (answer !== expected) {
      throw new Error(`${peer.name}: ${answer}, not ${expected}: ${JSON.stringify(question)}`);
    }
    return answer;
  });
  if (new Set(answers).size !== 2) {
    throw new Error(`${peer.name}: every answer is the same`);
  }
  return measure(questions.map(peer.asking));
}

function heap(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}

type Rows = ReadonlyMap<string, ReadonlyMap<number, Times>>;

function report(
  rows: Rows,
  caps: { readonly one: Times; readonly many: Times },
  heapMiB: number,
): void {
  const at = (name: string, size: number): Times => {
    const times = rows.get(name)?.get(size);
    if (!times) {
      throw new Error(`${name} was not timed at ${String(size)}`);
    }
    return times;
  };
  const ours = (size: number): Times => at('this engine', size);
  say(
    'Microseconds for one decision, by agreements in force: median, 99th percentile, and how many times ours',
  );
  say(['', ...SIZES.map(String)].map((cell) => cell.padEnd(WIDTH)).join(''));
  for (const [name, times] of rows) {
    const cells = SIZES.map((size) => cellOf(times.get(size), ours(size)));
    say([name, ...cells].map((cell) => cell.padEnd(WIDTH)).join(''));
  }
  say('– one answer takes seconds: every rule is looked at');
  say(
    `1 allow + 16 + 16 denies: ${cellOf(caps.one)} of one comparison, ${cellOf(caps.many)} of ${String(COMPARISONS)}`,
  );
  const figures = {
    growth: round(ours(100_000).p50 / ours(1_000).p50),
    p50Us: round(ours(100_000).p50),
    p99Us: round(ours(100_000).p99),
    fullCapsP50Us: round(caps.one.p50),
    fullCapsP99Us: round(caps.one.p99),
    fullCapsLargeP99Us: round(caps.many.p99),
    overCedar: round(at('Cedar WASM, stateful', 1_000).mean / ours(1_000).mean),
    overCasl: round(at('CASL, indexed by type', 1_000).mean / ours(1_000).mean),
    heapMiB,
    rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
  const ratio = round(at('plain Casbin, eval()', 1_000).mean / ours(1_000).mean);
  say(JSON.stringify({ bench: 'policy', ratio, figures }));
}

const WIDTH = 30;

function cellOf(times: Times | undefined, ours?: Times): string {
  if (!times) {
    return '–';
  }
  const share = ours && times !== ours ? ` (${(times.mean / ours.mean).toPrecision(3)}×)` : '';
  return `${times.p50.toFixed(0)}, ${times.p99.toFixed(0)}${share}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

await main();
