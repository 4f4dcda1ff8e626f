import { Agent, request } from 'node:http';

export interface Job {
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Posts every job, so many at a time, over connections that stay open.
 * @returns jobs per second. @throws Error for the first answer that is not 201.
 */
export async function post(url: URL, jobs: readonly Job[], concurrency: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const queue = jobs.values();
  const startedAt = performance.now();
  try {
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        for (const job of queue) {
          await postOne(url, job, agent);
        }
      }),
    );
  } finally {
    agent.destroy();
  }
  return jobs.length / ((performance.now() - startedAt) / 1000);
}

function postOne(url: URL, { body, headers }: Job, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const call = request(url, {
      method: 'POST',
      agent,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 201) {
          resolve();
        } else {
          reject(new Error(`${String(response.statusCode)} ${Buffer.concat(chunks).toString()}`));
        }
      });
    });
    call.end(text);
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}
