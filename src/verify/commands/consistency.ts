import { TileProof } from '../log/tile-proof.js';
import { demandOptions, type Options } from '../options.js';
import { failed } from '../refusal.js';
import type { Report } from '../report.js';
import { readKeys } from '../sources/keys.js';
import { withSource } from '../sources/open-source.js';
import { verifyConsistency } from '../tree/proofs.js';
import { headFacts } from './facts.js';
import { openHead } from './heads.js';

export async function verifyTwoHeads(options: Options): Promise<Report> {
  const [olderFile = '', newerFile = '', place = ''] = demandOptions(options, 3);
  const keys = await readKeys(options.vkeys);
  const older = await openHead(olderFile, keys);
  const newer = await openHead(newerFile, keys);
  if (older.origin !== newer.origin) {
    throw failed(`they are of two logs, ${older.origin} and ${newer.origin}`);
  }
  const proof = await withSource(place, (source) =>
    new TileProof(source, newer.size).since(older.size),
  );
  verifyConsistency(older, newer, proof);
  return {
    says: `the log of ${String(newer.size)} entries begins with that of ${String(older.size)}`,
    facts: { older: headFacts(older), newer: headFacts(newer) },
  };
}
