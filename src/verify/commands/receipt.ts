import { MAX_RECEIPT_BYTES, openReceipt, type Receipt } from '../formats/receipt.js';
import type { VerifierKey } from '../formats/verifier-key.js';
import { demandOptions, type Options } from '../options.js';
import { within } from '../refusal.js';
import type { Facts, Report } from '../report.js';
import { readFile } from '../sources/file.js';
import { readKeys } from '../sources/keys.js';
import { instant } from '../formats/instant.js';
import { headFacts } from './facts.js';

export async function verifyReceipt(options: Options): Promise<Report> {
  const [file = ''] = demandOptions(options, 1);
  const receipt = await readReceipt(file, await readKeys(options.vkeys));
  return { says: 'the event is in the log', facts: receiptFacts(receipt) };
}

export async function readReceipt(file: string, keys: readonly VerifierKey[]): Promise<Receipt> {
  const bytes = await readFile(file, MAX_RECEIPT_BYTES);
  return within(file, () => openReceipt(bytes, keys));
}

export function receiptFacts({ index, leaf, checkpoint }: Receipt): Facts {
  return {
    event: leaf.type,
    at: instant(leaf.seconds),
    index: String(index),
    ...headFacts(checkpoint),
  };
}
