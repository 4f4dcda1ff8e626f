import { Writable } from 'node:stream';
import { createLogger } from './logger.js';

const JWS = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(86)}`;
const SECRET = 'hunter2-hunter2';

function lineOf(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  write(createLogger('info', sink));
  return lines.join('');
}

describe('the log', () => {
  it.each([
    ['a member with a secret name', { credentials: { secretAccessKey: SECRET } }],
    ['a member named in another case', { 'Client-Secret': SECRET }],
    ['a secret deep inside', { a: { b: [{ password: SECRET }] } }],
    ['the password of a URL', { text: `postgres://app:${SECRET}@db/concordat` }],
    ['a query string', { url: `https://store.example/x?X-Amz-Signature=${SECRET}` }],
    ['a bearer header in a text', { text: `Bearer ${SECRET}` }],
    ['a personal token', { text: `cdt_${SECRET}` }],
    ['an object with a class', { thing: new Map([['k', SECRET]]) }],
    [
      'the parameters of a failed statement',
      {
        err: Object.assign(new Error('duplicate key'), { parameters: [SECRET], detail: SECRET }),
      },
    ],
    ['the cause of an error', { err: new Error('x', { cause: new Error(`Basic ${SECRET}`) }) }],
  ])('keeps out %s (GD-23)', (_what, fields) => {
    const line = lineOf((logger) => {
      logger.info(fields, 'done');
    });
    expect(line).toContain('"done"');
    expect(line).not.toContain(SECRET);
  });

  it('keeps tokens out of messages too (GD-23)', () => {
    const line = lineOf((logger) => {
      logger.info(`refused ${JWS}`);
    });
    expect(line).toContain('refused [redacted]');
  });

  it('keeps the code of an error of ours, which is no secret', () => {
    const line = lineOf((logger) => {
      logger.info({ code: 'not_found' }, 'done');
    });
    expect(line).toContain('"not_found"');
  });
});
