import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ConcordatError } from '../../kernel/errors.js';
import { problemDocument } from './problem.js';
import { newTraceId } from './trace-id.js';

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Requests that Node cannot parse never reach Express; they get a problem document here. */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const statusLine = STATUS_LINES[error.code ?? ''] ?? '400 Bad Request';
    const problem = {
      ...problemDocument(new ConcordatError('request_malformed'), newTraceId()),
      status: Number.parseInt(statusLine, 10),
    };
    const body = JSON.stringify(problem);
    socket.end(
      `HTTP/1.1 ${statusLine}\r\nContent-Type: application/problem+json\r\n` +
        `Content-Length: ${String(Buffer.byteLength(body))}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}
