import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { HeldGrant } from './delivery-world.js';

/** An answer whose bytes the test takes when it wants them. */
export interface Reader {
  readonly response: IncomingMessage;
  /** Takes what comes until at least so many bytes have. */
  take(bytes: number): Promise<void>;
  /** Takes everything that still comes. */
  rest(): Promise<{ readonly received: number; readonly isCut: boolean }>;
  leave(): void;
}

/**
 * Starts to read and takes nothing yet, so that the broker soon has to wait.
 * @param name of an object; the empty string for the list.
 */
export async function openReader(
  origin: string,
  { token, path }: HeldGrant,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reader> {
  const { hostname, port } = new URL(origin);
  const call = request({
    hostname,
    port,
    path: name === '' ? path : `${path}/${name}`,
    agent: false,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  // A cut shows as an error too; `rest` tells of it.
  call.on('error', () => undefined);
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  let received = 0;
  return {
    response,
    take: async (bytes) => {
      const goal = received + bytes;
      while (received < goal && !response.destroyed) {
        const chunk = response.read() as Buffer | null;
        received += chunk?.length ?? 0;
        if (chunk === null) {
          await Promise.race([once(response, 'readable'), once(response, 'close')]);
        }
      }
    },
    rest: async () => {
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      if (!response.closed) {
        await new Promise((resolve) => response.once('close', resolve));
      }
      return { received, isCut: !response.complete };
    },
    leave: () => {
      response.destroy();
    },
  };
}
