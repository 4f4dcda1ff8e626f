import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import {
  findFreeFirstPort,
  planPorts,
  readFirstPort,
  requireFreePorts,
  SandboxError,
} from './ports.js';

describe('the ports of a sandbox', () => {
  it('are seven in a row from the first', () => {
    expect(planPorts(3000)).toEqual({
      broker: 3000,
      provider: 3001,
      storeOne: 3002,
      storeTwo: 3003,
      postgres: 3004,
      smtp: 3005,
      mailbox: 3006,
    });
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['3000', 3000],
    [' 4000 ', 4000],
    ['65529', 65_529],
  ])('PORT %p is read as %p', (text, expected) => {
    expect(readFirstPort(text)).toBe(expected);
  });

  it.each(['0', '-1', '65530', '3000.5', 'three', '0x10000'])('PORT %p is refused', (text) => {
    expect(() => readFirstPort(text)).toThrow('PORT must be a whole number from 1 to 65529.');
  });

  it('are refused with the name of the one that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const taken = (server.address() as AddressInfo).port;
    try {
      const refusal = requireFreePorts({ ...planPorts(1), broker: taken });
      await expect(refusal).rejects.toThrow(SandboxError);
      await expect(requireFreePorts({ ...planPorts(1), broker: taken })).rejects.toThrow(
        `Port ${String(taken)}, for the broker, is taken.`,
      );
    } finally {
      server.close();
    }
  });

  it('can be found free', async () => {
    const first = await findFreeFirstPort();
    await expect(requireFreePorts(planPorts(first))).resolves.toBeUndefined();
  });
});
