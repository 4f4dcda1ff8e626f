import { Agent, get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import type pg from 'pg';
import type { Arguments, Question } from './question.js';

/** Somebody who asks: with what right, and whose facts that shows; null: everybody's. */
export interface Officer {
  readonly authorization: string;
  readonly sees: readonly string[] | null;
}

/** Milliseconds of each asking. */
export interface Measured {
  readonly name: string;
  readonly ours: readonly number[];
  /** Empty where the answer is not in a table. */
  readonly theirs: readonly number[];
}

const WARM_UP = 2;
const agent = new Agent({ keepAlive: true });

/** Asks one question so often of the broker and of the database, in turns, and holds the answers against each other. */
export async function askAll(
  question: Question,
  officers: readonly Officer[],
  {
    url,
    client,
    times,
  }: { readonly url: string; readonly client: pg.Client; readonly times: number },
): Promise<Measured> {
  const asked = (
    await Promise.all(
      officers.map(async (officer) => {
        const { rows } = await client.query<Arguments>(question.picks, [officer.sees, times]);
        return rows.map((row) => ({ officer, row }));
      }),
    )
  ).flat();
  if (asked.length === 0) {
    throw new Error(`There is nothing to ask of ${question.name}`);
  }
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = -WARM_UP; round < times; round += 1) {
    // Steps of a prime: officers and arguments take turns.
    const one = asked[((round + WARM_UP) * 101) % asked.length];
    if (!one) {
      continue;
    }
    const { officer, row } = one;
    const first = await timed(() => askBroker(url + question.path(row), officer, question));
    const second =
      question.sql === undefined
        ? undefined
        : await timed(() => askDatabase(client, question.sql ?? [], { ...officer, row }));
    if (second && second.answer !== first.answer) {
      throw new Error(
        `${question.name} ${JSON.stringify(row)}: ${String(first.answer)} of the broker, ${String(second.answer)} of SQL`,
      );
    }
    if (round >= 0) {
      ours.push(first.ms);
      theirs.push(...(second ? [second.ms] : []));
    }
  }
  return { name: question.name, ours, theirs };
}

async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly ms: number; readonly answer: T }> {
  const startedAt = performance.now();
  const answer = await work();
  return { ms: performance.now() - startedAt, answer };
}

async function askBroker(
  url: string,
  { authorization }: Officer,
  { size }: Question,
): Promise<number> {
  const [response] = (await once(get(url, { agent, headers: { authorization } }), 'response')) as [
    IncomingMessage,
  ];
  const body = (await buffer(response)).toString();
  if (response.statusCode !== 200) {
    throw new Error(`${url}: ${String(response.statusCode)} ${body}`);
  }
  return size(JSON.parse(body) as never);
}

/** @returns how many rows there were. */
async function askDatabase(
  client: pg.Client,
  sql: string | readonly string[],
  { sees, row }: { readonly sees: Officer['sees']; readonly row: Arguments },
): Promise<number> {
  let count = 0;
  for (const statement of [sql].flat()) {
    const values: unknown[] = [];
    const named = statement.replaceAll(
      /(?<!:):([a-z]+)/g,
      (_, name: string) => `$${String(values.push(name === 'sees' ? sees : row[name]))}`,
    );
    count += (await client.query(named, values)).rows.length;
  }
  return count;
}
