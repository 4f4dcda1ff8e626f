import { demandOptions, type Options } from '../options.js';
import { Bag } from '../pack/bag.js';
import { PackEvents, type Counts } from '../pack/pack-events.js';
import { verifySignOffs } from '../pack/sign-offs.js';
import { ZipFile } from '../pack/zip-file.js';
import { Progress, type Terminal } from '../progress.js';
import type { Report } from '../report.js';
import { readKeys } from '../sources/keys.js';
import { headFacts } from './facts.js';

export async function verifyPack(options: Options, terminal: Terminal): Promise<Report> {
  const [file = ''] = demandOptions(options, 1);
  const keys = await readKeys(options.vkeys);
  const zip = await ZipFile.open(file);
  try {
    const bag = await Bag.open(zip);
    const receipts = bag.paths.filter((path) => path.endsWith('.tlog-proof')).length;
    const progress = new Progress(bag.paths.length + receipts, 'files and events', terminal);
    const onStep = (): void => {
      progress.add(1);
    };
    progress.start();
    try {
      await bag.verify(onStep);
      const { head, counts } = await new PackEvents(bag, keys).verify(onStep);
      const signOffs = await verifySignOffs(bag);
      const facts = { files: bag.paths.length, ...counts, signOffs, ...headFacts(head) };
      return { says: says(counts, signOffs), facts };
    } finally {
      progress.stop();
    }
  } finally {
    await zip.close();
  }
}

function says(
  { events, idsProven, valuesProven, valuesUnproven }: Counts,
  signOffs: number,
): string {
  const whole = `the pack is whole, and its ${String(events)} events are in the log`;
  const values = `${String(valuesProven)} of the ${String(valuesProven + valuesUnproven)} values they show`;
  const signed =
    signOffs === 0 ? '' : `; ${String(signOffs)} sign-offs are of the text they are with`;
  return `${whole}, which proves ${values} and ${String(idsProven)} of their ids${signed}`;
}
