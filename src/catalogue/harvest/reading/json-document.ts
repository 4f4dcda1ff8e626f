import { SourceFault } from './source-fault.js';

/** A document as a whole. @throws SourceFault for what is no JSON. */
export async function readJson(body: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks).toString());
}

/** @throws SourceFault */
export function parseJson(text: string): unknown {
  const json = text.replace(/^\ufeff/, '');
  try {
    return JSON.parse(json);
  } catch {
    const isMarkup = /^\s*</.test(json);
    throw new SourceFault(
      isMarkup ? 'answers with HTML or XML, and not with JSON' : 'answers with what is no JSON',
    );
  }
}
