import { openCheckpoint, type Checkpoint } from '../formats/checkpoint.js';
import { demandOptions, type Options } from '../options.js';
import { failed, within } from '../refusal.js';
import { Progress, type Terminal } from '../progress.js';
import type { Report } from '../report.js';
import { readKeys } from '../sources/keys.js';
import { readCheckpoint } from '../sources/log-source.js';
import { withSource } from '../sources/open-source.js';
import { LogReading } from '../log/log-reading.js';
import { headFacts } from './facts.js';
import { openHead } from './heads.js';

export async function verifyLog(options: Options, terminal: Terminal): Promise<Report> {
  const [place = ''] = demandOptions(options, 1, ['since']);
  const keys = await readKeys(options.vkeys);
  const since = options.since === undefined ? undefined : await openHead(options.since, keys);
  return withSource(place, async (source) => {
    const bytes = await readCheckpoint(source);
    const checkpoint = within('checkpoint', () => openCheckpoint(bytes, keys));
    if (since) {
      checkOrder(since, checkpoint);
    }
    const progress = new Progress(Number(checkpoint.size), 'entries', terminal);
    progress.start();
    try {
      const reading = new LogReading(source, checkpoint, since);
      const summary = await reading.verify((count) => {
        progress.add(count);
      });
      return { says: says(checkpoint, since), facts: { ...headFacts(checkpoint), ...summary } };
    } finally {
      progress.stop();
    }
  });
}

function checkOrder(since: Checkpoint, { origin, size }: Checkpoint): void {
  if (since.origin !== origin) {
    throw failed(`it is of another log, ${since.origin}`, { object: '--since' });
  }
  if (since.size > size) {
    throw failed(`the log had ${String(since.size)} entries and has ${String(size)} now`, {
      object: 'checkpoint',
    });
  }
}

function says({ size }: Checkpoint, since: Checkpoint | undefined): string {
  const all = `the log is whole: all ${String(size)} entries and every tile lead to the signed root`;
  return since ? `${all}, and it begins with the ${String(since.size)} entries it had` : all;
}
