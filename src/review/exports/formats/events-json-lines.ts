import { createHash } from 'node:crypto';
import type { AuditEventView } from '../../audit-event.view.js';

/**
 * Events, one to a line, and a last line that tells how many they are, the SHA-256 of all bytes before it, and the log's
 * checkpoint when they were written (domain.md section 6).
 */
export async function* jsonLinesOf(
  batches: AsyncIterable<readonly AuditEventView[]>,
  checkpoint: string | null,
): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const events of batches) {
    const lines = events.map(lineOf).join('');
    hash.update(lines);
    count += events.length;
    yield lines;
  }
  yield `${JSON.stringify({ manifest: { count, sha256: hash.digest('hex'), checkpoint } })}\n`;
}

function lineOf(event: AuditEventView): string {
  return `${JSON.stringify(event)}\n`;
}
