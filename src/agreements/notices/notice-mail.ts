import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import { Outbox } from '../../platform/mail/outbox.js';
import type { AgreementVersion } from '../agreement.types.js';
import { hasLeft } from '../parties/party-lifecycle.rules.js';
import { VersionsRepository } from '../versions/versions.repository.js';
import type { Notice, NoticeAct } from './notice.rules.js';

const WHAT: Readonly<Record<NoticeAct, string>> = {
  terminate: 'the agreement ends',
  withdraw: 'a party leaves it',
  exclude: 'the lead excludes a party from it',
};

/** Tells the signatories and dpos of the other parties of a notice, in the transaction that gives it or takes it back. */
@Injectable()
export class NoticeMail {
  constructor(
    private readonly versions: VersionsRepository,
    private readonly outbox: Outbox,
    @Inject(Config) private readonly config: Config,
  ) {}

  async tell(
    tx: Tx,
    agreement: AgreementVersion,
    notice: Notice,
    news: 'sent' | 'taken-back',
  ): Promise<void> {
    const others = agreement.parties.filter(
      ({ organisationId, status }) => organisationId !== notice.organisationId && !hasLeft(status),
    );
    const people = others.flatMap(({ signatoryId, dpoId }) => [signatoryId, dpoId]);
    const text = [...this.news(agreement, notice, news), '', ...this.closing(agreement)].join('\n');
    const subject = `Concordat: notice under ${agreement.reference}`;
    for (const { personId, email } of await this.versions.addresses(tx, people)) {
      const dedupeKey = `notice:${notice.id}:${news}:${personId}`;
      await this.outbox.put(tx, { dedupeKey, to: email, subject, text });
    }
  }

  private news(
    { reference }: AgreementVersion,
    { act, takesEffectAt }: Notice,
    news: 'sent' | 'taken-back',
  ): readonly string[] {
    if (news === 'taken-back') {
      return [
        `The notice under ${reference} that ${WHAT[act]} was taken back: it goes on as it is.`,
      ];
    }
    const lastDay = londonDay(new Date(Date.parse(takesEffectAt) - 1));
    return [
      `Notice was given under ${reference}: ${WHAT[act]}. The last day is ${lastDay}.`,
      '',
      'Until then it goes on as it is, and whoever gave the notice may take it back. Then every grant that rests on it',
      'ends.',
    ];
  }

  private closing({ id }: AgreementVersion): readonly string[] {
    return [
      `The agreement: ${this.config.publicUrl}/api/v1/agreements/${id}`,
      '',
      'You get this because you are the signatory or the data protection officer of a party.',
      '',
    ];
  }
}
