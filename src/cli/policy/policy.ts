import { UsageError } from '../usage-error.js';
import { policyCheck } from './policy-check.js';
import { policyTest } from './policy-test.js';
import { attemptLater } from './read-text.js';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const USAGE = 'Usage: concordat policy test [folder or files] | policy check [folder]';

/**
 * `concordat policy …`: an operator's own policy texts, tried without a broker.
 * @returns the exit code: 1 says that something was found, so what goes wrong is never that.
 * @throws UsageError
 */
export async function policy([command, ...args]: readonly string[]): Promise<0 | 1> {
  if (command !== 'test' && command !== 'check') {
    throw new UsageError(USAGE);
  }
  return attemptLater('policy', () =>
    command === 'test' ? policyTest(args, say) : policyCheck(args, say),
  );
}
