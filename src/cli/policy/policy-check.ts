import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.js';
import { checkTexts } from './check-texts.js';
import { differencesOf } from './differences.js';
import { readPolicyTexts } from './policy-folder.js';

const USAGE = 'Usage: concordat policy check [folder] [--against <earlier folder>]';

/**
 * `concordat policy check [folder]`: the texts parse, each rule of the agreements in `tests/fixtures` lets somebody in, and
 * no text says what another makes pointless. With `--against`, also whom the texts let in that those of another folder do
 * not, and the other way round, each with a request that flips.
 * @returns the exit code: 0 without a finding, 1 with one. A warning is none, and neither is a difference.
 * @throws UsageError for a text that is none.
 */
export async function policyCheck(
  args: readonly string[],
  say: (line: string) => void,
): Promise<0 | 1> {
  const { folders, against } = optionsOf(args);
  const texts = await readPolicyTexts(folders);
  const { findings, warnings } = await checkTexts(texts);
  findings.forEach(say);
  warnings.forEach((line) => {
    say(`warning: ${line}`);
  });
  if (against !== undefined) {
    differencesOf(await readPolicyTexts([against]), texts).forEach(say);
  }
  const { fixtures, guardrails } = texts;
  const checked = `${String(fixtures.size)} agreements, ${String(guardrails.length)} guardrail rules`;
  say(`${checked}: ${String(findings.length)} findings`);
  return findings.length === 0 ? 0 : 1;
}

function optionsOf(args: readonly string[]): { folders: readonly string[]; against?: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { against: { type: 'string' } },
      allowPositionals: true,
    });
    if (positionals.length <= 1) {
      return { folders: positionals, ...values };
    }
  } catch {
    // An unknown option, as below.
  }
  throw new UsageError(USAGE);
}
