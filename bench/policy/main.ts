import { DataEngine } from '../../src/policy/engine/data-engine.js';
import { decide } from '../../src/policy/engine/decide.js';
import { snapshotOf, type Snapshot } from '../../src/policy/engine/snapshot.js';
import { policiesFolder, readModel } from '../../src/policy/storage/policy-files.js';
import { denyRule, makeGround, NOW, type Ground, type Question } from './ground.js';
import { caslPeer, cedarPeer, plainCasbin, type Peer } from './peers.js';

const SEED = 20_261_124;
const SIZES = [10, 1_000, 100_000];
/** Plain Casbin and Cedar look at every rule: at 100,000 of them one answer takes seconds. */
const LARGEST_OF_A_SCAN = 1_000;
const WARM_UP_MS = 500;
const TIMED_MS = 2_500;
const CAPS = 16;

/** Microseconds for one answer. */
interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * `npm run bench:policy`: microseconds for one decision of this engine, plain Casbin with `eval()`, Cedar and CASL, in one
 * run and from one seed, each after it has given the same answers as the others.
 */
async function main(): Promise<void> {
  const engine = await DataEngine.load(readModel(policiesFolder()));
  const results = new Map<string, Times>();
  for (const size of SIZES) {
    const ground = makeGround(size, SEED);
    const own = ownPeer(engine, ground);
    const peers = [own, ...(await peersOf(ground, size))];
    requireSameAnswers(peers, ground.questions.slice(0, size > LARGEST_OF_A_SCAN ? 200 : 100));
    for (const peer of peers) {
      const times = measure(peer.allows, ground.questions);
      results.set(`${peer.name} ${String(size)}`, times);
      say(line(size, peer.name, times));
    }
  }
  const caps = measure(fullCaps(engine), makeGround(10, SEED).questions.slice(0, 1));
  say(line('caps', 'this engine, 1 + 16 + 16 rules', caps));
  const at = (name: string, size: number): Times => results.get(`${name} ${String(size)}`) as Times;
  const ratio = at('node-casbin, eval()', 1_000).mean / at('this engine', 1_000).mean;
  const figures = {
    growth: round(at('this engine', 100_000).p50 / at('this engine', 1_000).p50),
    p99Us: round(at('this engine', 100_000).p99),
    p99UsAtFullCaps: round(caps.p99),
    overCedar: round(at('Cedar wasm, stateful', 1_000).mean / at('this engine', 1_000).mean),
    overCasl: round(at('CASL, indexed by type', 1_000).mean / at('this engine', 1_000).mean),
    heapMiB: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
  };
  say(JSON.stringify({ bench: 'policy', ratio: round(ratio), figures }));
}

function ownPeer(engine: DataEngine, { rules, guardrails }: Ground): Peer {
  const snapshot = snapshotOf(1, [...rules, ...guardrails], NOW.getTime());
  return { name: 'this engine', allows: (question) => decides(engine, snapshot, question) };
}

function decides(engine: DataEngine, snapshot: Snapshot, { key, attributes }: Question): boolean {
  const decision = decide(engine, snapshot, { key, attributes, decisionId: 'd', now: NOW });
  return decision.outcome === 'allow';
}

async function peersOf(ground: Ground, size: number): Promise<readonly Peer[]> {
  return size > LARGEST_OF_A_SCAN
    ? [caslPeer(ground)]
    : [await plainCasbin(ground), cedarPeer(ground), caslPeer(ground)];
}

// As many deny rules as may stand before one request, none of which fires: each has to be looked at.
function fullCaps(engine: DataEngine): (question: Question) => boolean {
  const { rules, questions } = makeGround(10, SEED);
  const [first] = questions;
  const datasetId = first?.key.datasetId ?? '';
  const denies = Array.from({ length: 2 * CAPS }, (_, at) =>
    denyRule(
      at,
      { op: 'eq', path: 'request.purpose', value: `never-${String(at)}` },
      { id: `G${String(10 + at)}`, message: 'Never' },
      at < CAPS ? datasetId : null,
    ),
  );
  const snapshot = snapshotOf(1, [...rules, ...denies], NOW.getTime());
  return (question) => decides(engine, snapshot, question);
}

function requireSameAnswers(peers: readonly Peer[], questions: readonly Question[]): void {
  for (const question of questions) {
    const answers = peers.map(({ name, allows }) => [name, allows(question)] as const);
    if (new Set(answers.map(([, answer]) => answer)).size > 1) {
      throw new Error(`They differ: ${JSON.stringify({ answers, question })}`);
    }
  }
}

function measure(allows: (question: Question) => boolean, questions: readonly Question[]): Times {
  run(allows, questions, WARM_UP_MS);
  const times = run(allows, questions, TIMED_MS).sort((a, b) => a - b);
  const at = (part: number): number => times[Math.floor(times.length * part)] ?? 0;
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  return { p50: at(0.5), p99: at(0.99), mean };
}

function run(
  allows: (question: Question) => boolean,
  questions: readonly Question[],
  forMs: number,
): number[] {
  const times: number[] = [];
  const end = performance.now() + forMs;
  for (let at = 0; performance.now() < end; at = (at + 1) % questions.length) {
    const start = process.hrtime.bigint();
    allows(questions[at] as Question);
    times.push(Number(process.hrtime.bigint() - start) / 1_000);
  }
  return times;
}

function line(size: number | string, name: string, { p50, p99, mean }: Times): string {
  const cells = [p50, mean, p99].map((time) => time.toFixed(1).padStart(10));
  return `${String(size).padStart(8)}  ${name.padEnd(32)}${cells.join('')} µs (p50, mean, p99)`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

await main();
