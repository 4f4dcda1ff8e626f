import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerClientErrors } from './client-errors.js';

describe('a request that cannot be parsed', () => {
  let server: Server;

  beforeAll(async () => {
    server = createServer((_req, res) => res.end('ok'));
    answerClientErrors(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  it.each([
    ['a header without a colon', 'Broken header', 400],
    ['a space before the colon', 'Host : a', 400],
    ['two lengths', 'Content-Length: 1\r\nContent-Length: 2', 400],
    ['a length and a chunked body', 'Content-Length: 1\r\nTransfer-Encoding: chunked', 400],
    ['32 KiB of headers', `X-Long: ${'a'.repeat(32_768)}`, 431],
  ])('for %s gets a problem document and the connection is closed', async (_what, line, status) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${String(status)} `);
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({
      type: 'urn:concordat:problem:request_malformed',
      status,
    });
  });
});
