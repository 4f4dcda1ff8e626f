import { NestFactory } from '@nestjs/core';
import { LogModule } from '../app.module.js';
import { LogCheck } from '../audit/check/log-check.service.js';
import { LogHalt } from '../audit/publisher/log-halt.js';
import { LogHalts } from '../audit/publisher/log-halts.service.js';
import { LogParts } from '../audit/publisher/log-parts.js';
import { LogRecovery } from '../audit/publisher/log-recovery.service.js';
import { verifierKey } from '../audit/log/note.js';
import { readLogState } from '../audit/sequencer/log-state.js';
import type { WorkerConfig } from '../config/config.js';
import { Progress, type Terminal } from '../verify/progress.js';
import { EXIT } from '../verify/refusal.js';
import { UsageError } from './usage-error.js';

interface Log {
  readonly parts: LogParts;
  readonly halts: LogHalts;
  readonly recovery: LogRecovery;
  readonly check: LogCheck;
  readonly terminal: Terminal;
}

/** Halts whose reason only a check of everything finds. */
const CHECKED: readonly string[] = ['log_check_failed', 'log_row_differs'];

const ACTS: Readonly<Record<string, (log: Log) => Promise<string>>> = {
  status,
  check: async (log) => {
    const { size, root } = await withBar(log.terminal, (onProgress) => log.check.run(onProgress));
    return `Verified: all ${size.toString()} published events are what the database has, root ${root.toString('base64')}`;
  },
  resume,
  accept,
  recover,
  vkey: ({ parts }) => Promise.resolve(parts.signers.map(verifierKey).join('\n')),
};

/**
 * `concordat log`: says how the log is, and lets a halted one go on once its reason is gone.
 * @returns the exit code: 1 for a log that is, or stays, halted; of `check` 3 when something could not be read.
 */
export async function log(
  [name = '', ...more]: readonly string[],
  loadConfig: () => WorkerConfig,
  terminal: Terminal = process.stderr,
): Promise<number> {
  const act = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  if (!act || more.length > 0) {
    throw new UsageError(`log needs: ${Object.keys(ACTS).join(' | ')}`);
  }
  const config = loadConfig();
  try {
    process.stdout.write(`${await withLog(config, terminal, act)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof LogHalt) && name !== 'check') {
      throw error;
    }
    // A driver's message may go on for lines, and hold a URL in them.
    const [line = ''] = error instanceof Error ? error.message.split('\n') : [];
    // Of a server that nobody reaches some errors have a code and no words.
    const { code = 'unreadable' } = error as { code?: string };
    process.stderr.write(`concordat: ${line === '' ? code : line}\n`);
    return error instanceof LogHalt ? EXIT.failed : EXIT.io;
  }
}

async function withLog(
  config: WorkerConfig,
  terminal: Terminal,
  act: (log: Log) => Promise<string>,
): Promise<string> {
  const context = await NestFactory.createApplicationContext(LogModule.with(config), {
    abortOnError: false,
    logger: false,
  });
  const parts = context.get(LogParts);
  try {
    return await act({
      parts,
      halts: context.get(LogHalts),
      recovery: context.get(LogRecovery),
      check: context.get(LogCheck),
      terminal,
    });
  } finally {
    await parts.close();
    await context.close();
  }
}

async function withBar<T>(
  terminal: Terminal,
  run: (onProgress: (more: number, total: bigint) => void) => Promise<T>,
): Promise<T> {
  let bar: Progress | undefined;
  try {
    return await run((more, total) => {
      if (!bar) {
        bar = new Progress(Number(total), 'comparisons', terminal);
        bar.start();
      }
      bar.add(more);
    });
  } finally {
    bar?.stop();
  }
}

async function status({ parts, halts }: Log): Promise<string> {
  const lines = await parts.publisherSession.use(async (session) => {
    const state = await readLogState(session);
    const { size } = await parts.head.read();
    const { rows } = await session.query<{ count: string }>('SELECT count(*) FROM audit_pending');
    return state
      ? [
          `events     ${state.size.toString()}`,
          `waiting    ${rows[0]?.count ?? '0'}`,
          `published  ${size.toString()}, last looked at ${state.publishedAt.toISOString()}`,
        ]
      : ['not begun: no worker has run yet'];
  });
  const halt = await halts.open();
  if (halt) {
    process.stdout.write(`${[...lines, `halted     ${halt.haltedAt.toISOString()}`].join('\n')}\n`);
    throw new LogHalt(halt.code as LogHalt['code'], halt.detail);
  }
  return lines.join('\n');
}

/** Repeats the guard, and the check that halted the log; what they find keeps it halted. */
async function resume({ parts, halts, check, terminal }: Log): Promise<string> {
  await parts.publisherSession.use(async (session) => {
    const state = await readLogState(session);
    if (state) {
      await parts.guard.check(session, state);
    }
  });
  if (CHECKED.includes((await halts.open())?.code ?? '')) {
    await withBar(terminal, (onProgress) => check.run(onProgress));
  }
  return (await halts.resume()) ? 'The log goes on' : 'The log is not halted';
}

/** Lets a log go on with a row of an event that is another for good. */
async function accept({ halts }: Log): Promise<string> {
  if ((await halts.open())?.code !== 'log_row_differs') {
    throw new UsageError('log accept is for a log that log_row_differs has halted');
  }
  await halts.accept();
  return 'The log goes on, with rows that are not what was committed to: run log check for the next';
}

async function recover({ recovery }: Log): Promise<string> {
  const recovered = await recovery.recover();
  if (!recovered) {
    return 'The database lacks nothing that was published';
  }
  const { from, to, stubs } = recovered;
  return `The log goes on: events ${from.toString()} to ${(to - 1n).toString()} have their places, ${String(stubs)} of them only their leaf`;
}
