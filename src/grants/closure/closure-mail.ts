import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import { Outbox } from '../../platform/mail/outbox.js';
import { ClosuresRepository, type Addressee } from './closures.repository.js';

/** Asks for certificates of destruction or return, in the transaction that makes them due or late. */
@Injectable()
export class ClosureMail {
  constructor(
    private readonly closures: ClosuresRepository,
    private readonly outbox: Outbox,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @param news `overdue` reaches the provider's data protection officers too. */
  async tell(tx: Tx, closureIds: readonly string[], news: 'due' | 'overdue'): Promise<void> {
    const today = londonDay(this.clock.now());
    const addressees = await this.closures.addressees(tx, closureIds, {
      today,
      withProvider: news === 'overdue',
    });
    const mails = addressees.map((addressee) => ({
      dedupeKey: `closure:${addressee.closureId}:${news}:${lastDay(addressee)}:${addressee.personId}`,
      to: addressee.email,
      subject: `Concordat: a certificate is ${news} under ${addressee.agreement}`,
      text: this.text(addressee, news),
    }));
    await this.outbox.putAll(tx, mails);
  }

  private text(addressee: Addressee, news: 'due' | 'overdue'): string {
    const { agreement, agreementId, project, organisation, provider } = addressee;
    const state =
      news === 'due'
        ? [
            `${organisation} owes ${provider} a certificate of what became of the data, until ${lastDay(addressee)}.`,
          ]
        : [
            `The certificate that ${organisation} owes ${provider} was to be there on ${lastDay(addressee)}. Until it is,`,
            'nothing more is asked for under the agreement, and it is not renewed.',
          ];
    return [
      `The last grant of project ${project} under ${agreement} has ended.`,
      '',
      ...state,
      '',
      `What is owed: ${this.config.publicUrl}/api/v1/closures?agreementId=${agreementId}`,
      '',
      'You get this because you held a grant, or because you are responsible for it in your organisation.',
      '',
    ].join('\n');
  }
}

// Its end is the start of the next London day.
function lastDay({ dueAt }: Addressee): string {
  return londonDay(new Date(dueAt.getTime() - 1));
}
