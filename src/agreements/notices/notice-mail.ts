import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import { Outbox } from '../../platform/mail/outbox.js';
import type { AgreementVersion } from '../agreement.types.js';
import { hasLeft } from '../parties/party-lifecycle.rules.js';
import { VersionsRepository } from '../versions/versions.repository.js';
import type { Notice, NoticeAct } from './notice.rules.js';
import { NoticesRepository } from './notices.repository.js';

/** @param who the name of the party that leaves. */
const WHAT: Readonly<Record<NoticeAct, (who: string) => string>> = {
  terminate: () => 'the agreement ends',
  withdraw: (who) => `${who} leaves it`,
  exclude: (who) => `the lead excludes ${who} from it`,
};

/** Tells the signatories and dpos of the other parties of a notice, in the transaction that gives it or takes it back. */
@Injectable()
export class NoticeMail {
  constructor(
    private readonly versions: VersionsRepository,
    private readonly notices: NoticesRepository,
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
    const who = await this.notices.nameOf(tx, notice);
    const said =
      news === 'sent' ? this.given(agreement, notice, who) : this.undone(agreement, notice, who);
    const text = [...said, '', ...this.closing(agreement)].join('\n');
    const subject = `Concordat: notice under ${agreement.reference}`;
    for (const { personId, email } of await this.versions.addresses(tx, people)) {
      const dedupeKey = `notice:${notice.id}:${news}:${personId}`;
      await this.outbox.put(tx, { dedupeKey, to: email, subject, text });
    }
  }

  private given(
    { reference }: AgreementVersion,
    { act, takesEffectAt }: Notice,
    who: string,
  ): readonly string[] {
    const lastDay = londonDay(new Date(Date.parse(takesEffectAt) - 1));
    return [
      `Notice was given under ${reference}: ${WHAT[act](who)}. The last day is ${lastDay}.`,
      '',
      'Until then it goes on as it is, and whoever gave the notice may take it back. Then every grant that rests on it',
      'ends.',
    ];
  }

  private undone({ reference }: AgreementVersion, { act }: Notice, who: string): readonly string[] {
    return [
      `The notice under ${reference} that ${WHAT[act](who)} was taken back: it goes on as it is.`,
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
