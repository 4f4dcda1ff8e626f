import { demandOptions, type Options } from '../options.js';
import { Bag } from '../pack/bag.js';
import { PackEvents } from '../pack/pack-events.js';
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
      const facts = { files: bag.paths.length, ...counts, ...headFacts(head) };
      const { events, valuesProven, valuesUnproven } = counts;
      const said = `the pack is whole, and its ${String(events)} events are in the log`;
      const proven = `${String(valuesProven)} of the ${String(valuesProven + valuesUnproven)} values they show`;
      return { says: `${said}, which proves ${proven}`, facts };
    } finally {
      progress.stop();
    }
  } finally {
    await zip.close();
  }
}
