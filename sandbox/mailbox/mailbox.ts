import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { SMTPServer } from 'smtp-server';
import { systemClock } from '../../src/kernel/clock.js';
import { mailboxPage } from './mailbox-page.js';
import { readMail, type ShownMail } from './read-mail.js';

const HOST = '127.0.0.1';
const KEPT = 200;
const MAX_BYTES = 1_000_000;

export interface Mailbox {
  /** For the broker. */
  readonly smtpUrl: string;
  /** For people. */
  readonly pageUrl: string;
  close(): Promise<void>;
}

/** Takes every mail of the sandbox and shows it on one page, until the sandbox stops. */
export async function startMailbox(ports: {
  readonly smtp: number;
  readonly mailbox: number;
}): Promise<Mailbox> {
  const mails: ShownMail[] = [];
  const smtp = smtpServer((mail) => {
    mails.unshift(mail);
    mails.length = Math.min(mails.length, KEPT);
  });
  const page = pageServer(() => mailboxPage(mails));
  smtp.listen(ports.smtp, HOST);
  page.listen(ports.mailbox, HOST);
  await Promise.all([once(smtp.server, 'listening'), once(page, 'listening')]);
  return {
    smtpUrl: `smtp://${HOST}:${String(ports.smtp)}`,
    pageUrl: `http://${HOST}:${String(ports.mailbox)}`,
    close: async () => {
      page.closeAllConnections();
      page.close();
      await new Promise<void>((resolve) => {
        smtp.close(resolve);
      });
    },
  };
}

function smtpServer(take: (mail: ShownMail) => void): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    size: MAX_BYTES,
    closeTimeout: 1_000,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        take({
          ...readMail(Buffer.concat(chunks).toString('utf8')),
          receivedAt: systemClock.now().toISOString(),
          to: session.envelope.rcptTo.map(({ address }) => address),
        });
        done();
      });
    },
  });
  // A client that hangs up is no fault of the sandbox.
  server.on('error', () => undefined);
  return server;
}

function pageServer(render: () => string): Server {
  return createServer((request, response) => {
    // By its address only: a page elsewhere must not read it under a name that leads here.
    const isHere = request.headers.host?.startsWith(`${HOST}:`) === true;
    if (!isHere || request.method !== 'GET' || request.url !== '/') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    });
    response.end(render());
  });
}
