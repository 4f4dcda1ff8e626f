import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import type { Tx } from '../../platform/database/database.js';
import { Outbox, SECRET_PLACE } from '../../platform/mail/outbox.js';

/** Sends an invitation's link: the one place where its token is, sealed until the mail has left. */
@Injectable()
export class InvitationMail {
  constructor(
    private readonly outbox: Outbox,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** @param sending which one: a repeated one is a mail of its own. */
  async send(
    tx: Tx,
    invitation: {
      readonly id: string;
      readonly email: string;
      readonly organisationName: string;
      readonly position: string;
    },
    token: string,
    sending: number,
  ): Promise<void> {
    const { id, email, organisationName, position } = invitation;
    const text = [
      `${organisationName} invites you to join it on Concordat, as: ${position}.`,
      '',
      'Open this link and sign in with an account of this address:',
      '',
      `${this.config.publicUrl}/invitations/${SECRET_PLACE}`,
      '',
      'It works once, and for 14 days. Do not pass it on: it is for you alone.',
      '',
      'You did not expect this? Then do nothing: nobody joins anything without signing in.',
      '',
    ].join('\n');
    const dedupeKey = `invitation:${id}:${String(sending)}`;
    const subject = 'Concordat: you are invited';
    await this.outbox.put(tx, { dedupeKey, to: email, subject, text, secret: token });
  }
}
