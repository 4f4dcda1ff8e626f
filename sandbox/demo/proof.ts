import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../processes/children.js';
import type { RunningSandbox } from '../sandbox.js';
import type { Narrator } from './narrator.js';

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
  const answer = await callers.researcher.fetch(`/api/v1/grants/${grantId}/receipt`);
  const file = join(folder, 'grant.tlog-proof');
  await writeFile(file, await answer.text());
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
