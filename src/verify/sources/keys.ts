import { readVerifierKey, type VerifierKey } from '../formats/verifier-key.js';
import { utf8 } from '../formats/text.js';
import { badInput, within } from '../refusal.js';
import { readFile } from './file.js';

const MAX_KEY_FILE_BYTES = 65_536;

/**
 * The keys that are believed: each value is one, or names a file of one a line (a log that changes its key).
 * @throws Refusal `badInput` or `io`.
 */
export async function readKeys(values: readonly string[]): Promise<readonly VerifierKey[]> {
  const keys = await Promise.all(values.map(readValue));
  return keys.flat();
}

async function readValue(value: string): Promise<readonly VerifierKey[]> {
  if (/^[^+\s]+\+[^+\s]+\+/.test(value)) {
    return [within('--vkey', () => readVerifierKey(value))];
  }
  const bytes = await readFile(value, MAX_KEY_FILE_BYTES);
  return within(value, () => {
    const lines = utf8(bytes)
      .split(/\r?\n/)
      .filter((line) => line !== '');
    if (lines.length === 0) {
      throw badInput('it has no verifier key');
    }
    return lines.map(readVerifierKey);
  });
}
