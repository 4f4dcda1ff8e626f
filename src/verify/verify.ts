import { verifyTwoHeads } from './commands/consistency.js';
import { verifyDisclosure } from './commands/disclosure.js';
import { verifyLog } from './commands/log.js';
import { verifyPack } from './commands/pack.js';
import { verifyReceipt } from './commands/receipt.js';
import { asksForJson, readOptions, type Options } from './options.js';
import { badInput, EXIT, Refusal } from './refusal.js';
import type { Terminal } from './progress.js';
import { printRefusal, printReport, type Output, type Report } from './report.js';

const COMMANDS: Readonly<
  Record<string, (options: Options, terminal: Terminal) => Promise<Report>>
> = {
  receipt: verifyReceipt,
  disclosure: verifyDisclosure,
  consistency: verifyTwoHeads,
  log: verifyLog,
  pack: verifyPack,
};

/**
 * `concordat verify`: proves what the audit log says to somebody who does not trust the broker.
 * @returns the exit code: 0 verified, 1 failed, 2 bad input, 3 what cannot be read (audit-log section 12).
 */
export async function verify(
  args: readonly string[],
  output: Output,
  terminal: Terminal = process.stderr,
): Promise<number> {
  const isJson = asksForJson(args);
  let command = '';
  try {
    const options = readOptions(args);
    command = options.command;
    const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
    if (!run) {
      throw badInput(`usage: concordat verify ${Object.keys(COMMANDS).join(' | ')}`);
    }
    printReport(output, command, isJson, await run(options, terminal));
    return EXIT.verified;
  } catch (error) {
    if (error instanceof Refusal) {
      printRefusal(output, command, isJson, error);
      return error.exitCode;
    }
    throw error;
  }
}
