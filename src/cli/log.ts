import { NestFactory } from '@nestjs/core';
import { LogModule } from '../app.module.js';
import { LogHalt } from '../audit/publisher/log-halt.js';
import { LogHalts } from '../audit/publisher/log-halts.service.js';
import { LogParts } from '../audit/publisher/log-parts.js';
import { LogRecovery } from '../audit/publisher/log-recovery.service.js';
import { verifierKey } from '../audit/log/note.js';
import { readLogState } from '../audit/sequencer/log-state.js';
import type { WorkerConfig } from '../config/config.js';
import { UsageError } from './usage-error.js';

const ACTS: Readonly<
  Record<string, (parts: LogParts, halts: LogHalts, recovery: LogRecovery) => Promise<string>>
> = {
  status,
  resume,
  recover: (_parts, _halts, recovery) => recover(recovery),
  vkey: (parts) => Promise.resolve(parts.signers.map(verifierKey).join('\n')),
};

/**
 * `concordat log`: says how the log is, and lets a halted one go on once its reason is gone.
 * @returns the exit code: 1 for a log that is, or stays, halted.
 */
export async function log(
  [name = '', ...more]: readonly string[],
  loadConfig: () => WorkerConfig,
): Promise<number> {
  const act = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  if (!act || more.length > 0) {
    throw new UsageError(`log needs: ${Object.keys(ACTS).join(' | ')}`);
  }
  const context = await NestFactory.createApplicationContext(LogModule.with(loadConfig()), {
    abortOnError: false,
    logger: false,
  });
  const parts = context.get(LogParts);
  try {
    process.stdout.write(`${await act(parts, context.get(LogHalts), context.get(LogRecovery))}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof LogHalt)) {
      throw error;
    }
    process.stderr.write(`concordat: ${error.message}\n`);
    return 1;
  } finally {
    await parts.close();
    await context.close();
  }
}

async function status(parts: LogParts, halts: LogHalts): Promise<string> {
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

/** Repeats the guard; what it finds keeps the log halted. */
async function resume(parts: LogParts, halts: LogHalts): Promise<string> {
  await parts.publisherSession.use(async (session) => {
    const state = await readLogState(session);
    if (state) {
      await parts.guard.check(session, state);
    }
  });
  return (await halts.resume()) ? 'The log goes on' : 'The log is not halted';
}

async function recover(recovery: LogRecovery): Promise<string> {
  const recovered = await recovery.recover();
  if (!recovered) {
    return 'The database lacks nothing that was published';
  }
  const { from, to, stubs } = recovered;
  return `The log goes on: events ${from.toString()} to ${(to - 1n).toString()} have their places, ${String(stubs)} of them only their leaf`;
}
