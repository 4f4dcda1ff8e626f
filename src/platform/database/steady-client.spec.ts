import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.js';

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5, type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const WELCOME = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
const FAREWELL = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));

describe('a server that dies as it lets a connection in', () => {
  it('fails the call and not the process', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      // The welcome and the farewell in one packet.
      socket.once('data', () => socket.end(Buffer.concat([WELCOME, FAREWELL])));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `postgres://nobody:x@127.0.0.1:${String(port)}/none`;
    const dataSource = new DataSource(dataSourceOptions(url, 2));
    await expect(dataSource.initialize()).rejects.toThrow();
    server.close();
  });
});
