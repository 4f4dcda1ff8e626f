import { canonicalJson, type Json, type JsonObject } from './formats/json.js';
import { EXIT, type Refusal } from './refusal.js';

/** Facts about what was verified. Counts that may pass 2^53 are text. */
export type Facts = JsonObject;

/** What was verified. */
export interface Report {
  /** In one sentence. */
  readonly says: string;
  readonly facts: Facts;
}

/** Where the answer goes: lines of standard output and of standard error. */
export interface Output {
  readonly print: (line: string) => void;
  readonly say: (line: string) => void;
}

export function printReport(
  { print }: Output,
  command: string,
  isJson: boolean,
  report: Report,
): void {
  if (isJson) {
    print(JSON.stringify({ verified: true, exitCode: EXIT.verified, command, ...report.facts }));
    return;
  }
  const lines = [`Verified: ${report.says}`, ...textOf(report.facts, '  ')];
  print(lines.map(printable).join('\n'));
}

export function printRefusal(
  { print, say }: Output,
  command: string,
  isJson: boolean,
  refusal: Refusal,
): void {
  if (isJson) {
    const { exitCode, reason, place } = refusal;
    print(JSON.stringify({ verified: false, exitCode, command, reason, ...place }));
  }
  say(printable(`concordat verify: ${WORDS[refusal.exitCode]}: ${refusal.message}`));
}

const WORDS = {
  [EXIT.failed]: 'not verified',
  [EXIT.badInput]: 'bad input',
  [EXIT.io]: 'cannot read',
} as const;

function textOf(facts: Facts, indent: string): readonly string[] {
  const width = Math.max(0, ...Object.keys(facts).map((name) => name.length));
  return Object.entries(facts).flatMap(([name, fact]) =>
    isGroup(fact)
      ? [`${indent}${name}`, ...textOf(fact, `${indent}  `)]
      : [`${indent}${name.padEnd(width)}  ${typeof fact === 'string' ? fact : wordsOf(fact)}`],
  );
}

function wordsOf(fact: Json): string {
  return Array.isArray(fact) ? fact.map(String).join(', ') : canonicalJson(fact);
}

function isGroup(fact: Json): fact is JsonObject {
  return typeof fact === 'object' && fact !== null && !Array.isArray(fact);
}

// What evidence says is shown on somebody's terminal: nothing in it moves the cursor or turns the writing around.
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
