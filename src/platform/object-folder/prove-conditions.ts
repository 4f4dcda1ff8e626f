import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectFolder } from './object-folder.js';

const NAME = 'probe';
const SERVED_AS = { contentType: 'text/plain; charset=utf-8', cacheControl: 'no-store' };
const AT_ONCE = 8;
const ROUNDS = 10;
const PAUSE_MS = 100;

/** A place that writes over what it was told to leave alone: two histories could be signed there. */
export class ConditionsIgnored extends Error {
  constructor(setting: string, what: string) {
    super(`${setting} cannot keep the log: it ${what}`);
    this.name = 'ConditionsIgnored';
  }
}

/**
 * Proves, on an object that is there for nothing else, that a place keeps the conditions of its writes. Several may do so at
 * once. Whoever has only ever read of a store that it has them has not seen it.
 * @param setting names the place to the operator.
 * @throws ConditionsIgnored, and what the place throws when it does not answer.
 */
export async function proveConditions(folder: ObjectFolder, setting: string): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const fault = await faultOf(folder);
    if (fault === undefined) {
      return;
    }
    if (fault !== 'overtaken') {
      throw new ConditionsIgnored(setting, fault);
    }
    await pause(randomInt(round * PAUSE_MS));
  }
  throw new ConditionsIgnored(setting, 'replaces nothing, whichever version is named');
}

/** @returns what it does wrong; `overtaken` when somebody else came between; undefined when it does all as it should. */
async function faultOf(folder: ObjectFolder): Promise<string | undefined> {
  await folder.create(NAME, anything(), SERVED_AS);
  const first = await folder.read(NAME);
  if (!first) {
    return 'does not show what was stored';
  }
  if (await folder.create(NAME, anything(), SERVED_AS)) {
    return 'creates what is there already';
  }
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, () =>
      folder.replace(NAME, anything(), first.version, SERVED_AS),
    ),
  );
  const winners = answers.filter(Boolean);
  if (winners.length > 1) {
    return 'lets several replace one version';
  }
  if (await folder.replace(NAME, anything(), first.version, SERVED_AS)) {
    return 'replaces a version that is no longer there';
  }
  return winners.length === 1 ? undefined : 'overtaken';
}

function anything(): Buffer {
  return Buffer.from(`${randomBytes(16).toString('hex')}\n`);
}
