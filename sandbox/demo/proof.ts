import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../api-client.js';
import { runToEnd } from '../processes/children.js';
import type { RunningSandbox } from '../sandbox.js';
import type { Narrator } from './narrator.js';

const MAX_ATTEMPTS = 15;
const CLI = new URL('../../src/cli/main.js', import.meta.url);

/**
 * Does what somebody outside does: takes the receipt of a grant and the whole public log, and verifies both with nothing
 * but the log's key.
 */
export async function showProof(
  { folder, callers, log }: RunningSandbox,
  grantId: string,
  narrator: Narrator,
): Promise<void> {
  const file = join(folder, 'grant.tlog-proof');
  await writeFile(file, await receiptOf(callers.researcher, grantId));
  narrator.say('Somebody outside verifies the grant’s receipt and the whole public log, offline');
  for (const args of [
    ['receipt', file],
    ['log', log.url],
  ]) {
    const output = await runToEnd({
      name: `concordat verify ${args[0] ?? ''}`,
      script: CLI,
      args: ['verify', ...args, '--vkey', log.vkey],
      env: {},
    });
    for (const line of output.trim().split('\n').slice(0, 4)) {
      narrator.note(line);
    }
  }
}

/** A receipt is pending (409) until the worker has published the event: asked for as often as the answer says. */
async function receiptOf(researcher: ApiClient, grantId: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await researcher.fetch(`/api/v1/grants/${grantId}/receipt`);
    const text = await answer.text();
    if (answer.status === 200) {
      return text;
    }
    if (answer.status !== 409 || attempt === MAX_ATTEMPTS) {
      throw new Error(`The receipt of ${grantId} answered ${String(answer.status)}: ${text}`);
    }
    await pause(Number(answer.headers.get('retry-after') ?? 1) * 1000);
  }
}
