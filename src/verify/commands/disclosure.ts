import { MAX_DISCLOSURE_BYTES, openDisclosure } from '../formats/disclosure.js';
import { demandOptions, VERIFY_USAGE, type Options } from '../options.js';
import { badInput, within } from '../refusal.js';
import type { Report } from '../report.js';
import { readFile } from '../sources/file.js';
import { readKeys } from '../sources/keys.js';
import { readReceipt, receiptFacts } from './receipt.js';

export async function verifyDisclosure(options: Options): Promise<Report> {
  const [file = ''] = demandOptions(options, 1, ['receipt']);
  if (options.receipt === undefined) {
    throw badInput(`usage: ${VERIFY_USAGE.split('\n')[1] ?? ''}`);
  }
  const receipt = await readReceipt(options.receipt, await readKeys(options.vkeys));
  const bytes = await readFile(file, MAX_DISCLOSURE_BYTES);
  const { fields, closed } = within(file, () =>
    openDisclosure(bytes, receipt.leafBytes, receipt.leaf),
  );
  return {
    says: 'the event is in the log, and says what was opened',
    facts: {
      ...receiptFacts(receipt),
      opened: Object.fromEntries(fields.map(({ name, value }) => [name, value])),
      closed,
    },
  };
}
