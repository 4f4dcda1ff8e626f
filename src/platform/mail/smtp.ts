import { Inject, Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { Config } from '../../config/config.js';
import type { ClaimedMail } from './outbox.js';

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 15_000;
/** For the whole conversation, however slowly the server goes on answering. */
const DEADLINE_MS = 45_000;
const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

export interface SmtpLimits {
  readonly connectMs: number;
  readonly silenceMs: number;
  readonly deadlineMs: number;
}
export const SmtpLimits = Symbol('SmtpLimits');
export const SMTP_LIMITS: SmtpLimits = {
  connectMs: CONNECT_TIMEOUT_MS,
  silenceMs: SILENCE_TIMEOUT_MS,
  deadlineMs: DEADLINE_MS,
};

/** Hands a mail to the operator's SMTP server. */
@Injectable()
export class Smtp {
  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(SmtpLimits) private readonly limits: SmtpLimits,
  ) {}

  /** Without a server, mails stay in the outbox. */
  get isConfigured(): boolean {
    return this.config.smtp !== undefined;
  }

  /**
   * One connection, one mail. Its Message-ID comes from the outbox: the same mail sent twice is known to be the same.
   * @throws what nodemailer throws: see `faultOf`.
   */
  async send({ id, to, subject, text }: ClaimedMail): Promise<void> {
    const { smtp, publicUrl } = this.config;
    if (smtp === undefined) {
      throw new Error('No SMTP server is configured');
    }
    const transport = createTransport({
      url: smtp.url,
      connectionTimeout: this.limits.connectMs,
      greetingTimeout: this.limits.connectMs,
      dnsTimeout: this.limits.connectMs,
      socketTimeout: this.limits.silenceMs,
      // Off this machine nothing is said in the clear: neither the password nor the mail.
      requireTLS: !LOCAL_HOSTS.includes(new URL(smtp.url).hostname),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const messageId = `<${id}@${new URL(publicUrl).hostname}>`;
    try {
      const sent = transport.sendMail({ from: smtp.from, to, subject, text, messageId });
      await within(this.limits.deadlineMs, sent);
    } finally {
      transport.close();
    }
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(Object.assign(new Error('The SMTP server took too long'), { code: 'EDEADLINE' }));
  }, ms);
  work.catch(() => undefined);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
