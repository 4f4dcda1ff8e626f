import { UsageError } from '../usage-error.js';
import { faultOf } from './decide-cell.js';
import { readPolicyTexts } from './policy-folder.js';

/**
 * `concordat policy test [folder]`: every cell of every matrix, on the folder's own agreements and guardrails.
 * @returns the exit code: 0 when all are as they should be, 1 when one is not.
 * @throws UsageError for a text that is none.
 */
export async function policyTest(
  args: readonly string[],
  say: (line: string) => void,
): Promise<0 | 1> {
  const [folder, ...rest] = args;
  if (rest.length > 0 || folder?.startsWith('-') === true) {
    throw new UsageError('Usage: concordat policy test [folder]');
  }
  const texts = await readPolicyTexts(folder);
  if (texts.matrices.length === 0) {
    throw new UsageError(`${folder ?? 'policies'} holds no matrix: nothing would be tested`);
  }
  let cells = 0;
  let wrong = 0;
  for (const matrix of texts.matrices) {
    const faults = matrix.cells.flatMap((cell) => {
      const fault = faultOf(texts, matrix, cell);
      return fault === undefined ? [] : [`  ${JSON.stringify(cell)} ${fault}`];
    });
    cells += matrix.cells.length;
    wrong += faults.length;
    const result = faults.length === 0 ? 'ok' : `${String(faults.length)} wrong`;
    say(`${matrix.name}: ${String(matrix.cells.length)} cells, ${result}`);
    faults.forEach(say);
  }
  say(`${String(cells)} cells, ${String(wrong)} wrong`);
  return wrong === 0 ? 0 : 1;
}
