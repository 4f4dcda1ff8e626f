import { Injectable, Logger } from '@nestjs/common';
import { faultOf, MAX_ATTEMPTS, retryDelayMs } from './delivery.rules.js';
import { Outbox, type ClaimedMail } from './outbox.js';
import { Smtp } from './smtp.js';

const AT_ONCE = 100;

/** Sends what waits in the outbox: at least once, each again after a while until it is accepted, refused or given up. */
@Injectable()
export class MailDelivery {
  private readonly log = new Logger(MailDelivery.name);

  constructor(
    private readonly outbox: Outbox,
    private readonly smtp: Smtp,
  ) {}

  /** Stops early when the server itself is the trouble, so that one mail's attempt is spent and not everyone's. */
  async deliverDue(signal?: AbortSignal): Promise<number> {
    let sent = 0;
    for (let at = 0; this.smtp.isConfigured && at < AT_ONCE && signal?.aborted !== true; at += 1) {
      const mail = await this.outbox.claim(
        (now, attempts) => new Date(now.getTime() + retryDelayMs(attempts)),
      );
      const outcome = mail && (await this.deliver(mail));
      sent += outcome === 'sent' ? 1 : 0;
      if (outcome === undefined || outcome === 'unavailable') {
        break;
      }
    }
    return sent;
  }

  private async deliver(mail: ClaimedMail): Promise<'sent' | 'refused' | 'unavailable'> {
    const { id, attempts } = mail;
    try {
      await this.smtp.send(mail);
    } catch (error) {
      const { code, isFinal, isOfServer } = faultOf(error);
      // The error itself may quote the address or the server's words: its code says enough.
      this.log.warn({
        msg: 'A mail was not sent',
        code: 'mail_not_sent',
        id,
        attempts,
        fault: code,
      });
      if (isFinal || attempts >= MAX_ATTEMPTS) {
        await this.outbox.settle(id, 'failed', code);
      } else {
        await this.outbox.note(id, code);
      }
      return isOfServer ? 'unavailable' : 'refused';
    }
    await this.outbox.settle(id, 'sent');
    return 'sent';
  }
}
