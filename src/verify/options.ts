import { parseArgs } from 'node:util';
import { badInput } from './refusal.js';

export const VERIFY_USAGE = [
  'concordat verify receipt FILE --vkey KEY',
  'concordat verify disclosure FILE --receipt FILE --vkey KEY',
  'concordat verify consistency OLDER NEWER FOLDER-OR-URL --vkey KEY',
  'concordat verify log FOLDER-OR-URL --vkey KEY [--since CHECKPOINT]',
  'concordat verify pack ZIP --vkey KEY',
].join('\n');

const OPTIONS = {
  vkey: { type: 'string', multiple: true },
  receipt: { type: 'string' },
  since: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export interface Options {
  readonly command: string;
  readonly operands: readonly string[];
  /** Each a key, or a file of keys. */
  readonly vkeys: readonly string[];
  readonly receipt: string | undefined;
  readonly since: string | undefined;
}

/** @throws Refusal `badInput` for a line that is not one of the usage. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const [command = '', ...operands] = positionals;
  return {
    command,
    operands,
    vkeys: values.vkey ?? [],
    receipt: values.receipt,
    since: values.since,
  };
}

/** Whether the answer is to be JSON, also where the rest of the line cannot be read. */
export function asksForJson(args: readonly string[]): boolean {
  return args.includes('--json');
}

/** The operands by number: as many as the command takes, and no option of another command. */
export function demandOptions(
  { command, operands, vkeys, receipt, since }: Options,
  count: number,
  takes: readonly ('receipt' | 'since')[] = [],
): readonly string[] {
  const line = VERIFY_USAGE.split('\n').find((one) => one.includes(`verify ${command} `)) ?? '';
  const strays = [
    ...(receipt !== undefined && !takes.includes('receipt') ? ['--receipt'] : []),
    ...(since !== undefined && !takes.includes('since') ? ['--since'] : []),
  ];
  if (operands.length !== count || vkeys.length === 0 || strays.length > 0) {
    throw badInput(`usage: ${line}`);
  }
  return operands;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw badInput(error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'bad options');
  }
}
