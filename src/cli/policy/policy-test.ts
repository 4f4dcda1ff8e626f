import { UsageError } from '../usage-error.js';
import { Coverage } from './coverage.js';
import { decideCell, faultOf } from './decide-cell.js';
import { readPolicyTexts, type PolicyTexts } from './policy-folder.js';
import type { PolicyMatrix } from './policy-matrix.js';
import { isFile } from './read-text.js';

type Say = (line: string) => void;

/**
 * `concordat policy test [folder or files]`: every cell of every matrix, on the folder's own agreements and guardrails. Of
 * a whole folder also that each agreement and own guardrail has a cell that is granted and one that is denied.
 * @returns the exit code: 0 when all are as they should be, 1 when one is not.
 * @throws UsageError for a text that is none.
 */
export async function policyTest(paths: readonly string[], say: Say): Promise<0 | 1> {
  if (paths.some((path) => path.startsWith('-'))) {
    throw new UsageError('Usage: concordat policy test [folder or files]');
  }
  const texts = await readPolicyTexts(paths);
  if (texts.matrices.length === 0) {
    throw new UsageError(`${paths[0] ?? 'policies'} holds no matrix: nothing would be tested`);
  }
  const coverage = new Coverage();
  let wrong = 0;
  for (const matrix of texts.matrices) {
    wrong += testMatrix(texts, matrix, { coverage, say });
  }
  const gaps = paths.some(isFile) ? [] : coverage.gaps(texts);
  gaps.forEach(({ subject, lacks }) => {
    say(`${subject}: ${lacks}`);
  });
  const cells = texts.matrices.reduce((sum, matrix) => sum + matrix.cells.length, 0);
  const untried = gaps.length === 0 ? '' : `, ${String(gaps.length)} not tried`;
  say(`${String(cells)} cells, ${String(wrong)} wrong${untried}`);
  return wrong + gaps.length === 0 ? 0 : 1;
}

function testMatrix(
  texts: PolicyTexts,
  matrix: PolicyMatrix,
  { coverage, say }: { readonly coverage: Coverage; readonly say: Say },
): number {
  const faults = matrix.cells.flatMap((cell) => {
    const decision = decideCell(texts, matrix, cell);
    coverage.add(matrix, decision);
    const fault = faultOf(cell, decision);
    return fault === undefined ? [] : [`  ${JSON.stringify(cell.values)} ${fault}`];
  });
  const result = faults.length === 0 ? 'ok' : `${String(faults.length)} wrong`;
  say(`${matrix.name}: ${String(matrix.cells.length)} cells, ${result}`);
  faults.forEach(say);
  return faults.length;
}
