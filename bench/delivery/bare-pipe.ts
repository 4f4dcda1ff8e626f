import { createServer, get, Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

const agent = new Agent({ keepAlive: true });

/** The peer: answers each request with what one URL of the store gives, through a bare Node pipe. */
process.once('message', (url: string) => {
  const server = createServer((_, response) => {
    get(url, { agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, {
        'content-length': answer.headers['content-length'],
      });
      pipeline(answer, response, () => undefined);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.((server.address() as AddressInfo).port);
  });
});
