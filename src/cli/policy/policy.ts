import { UsageError } from '../usage-error.js';
import { policyCheck } from './policy-check.js';
import { policyTest } from './policy-test.js';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** `concordat policy …`: an operator's own policy texts, tried without a broker. @returns the exit code. */
export async function policy([command, ...args]: readonly string[]): Promise<0 | 1> {
  switch (command) {
    case 'test':
      return policyTest(args, say);
    case 'check':
      return policyCheck(args, say);
    default:
      throw new UsageError('Usage: concordat policy test [folder] | policy check [folder]');
  }
}
