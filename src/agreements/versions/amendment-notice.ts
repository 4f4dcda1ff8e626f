import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import type { Tx } from '../../platform/database/database.js';
import { Outbox } from '../../platform/mail/outbox.js';
import type { AgreementVersion } from '../agreement.types.js';
import { VersionsRepository } from './versions.repository.js';

/** R3.2: what only the lead signs, the signatories and dpos of the others are told of, in the transaction that it changes. */
@Injectable()
export class AmendmentNotice {
  constructor(
    private readonly versions: VersionsRepository,
    private readonly outbox: Outbox,
    @Inject(Config) private readonly config: Config,
  ) {}

  async tell(tx: Tx, agreement: AgreementVersion): Promise<void> {
    const { id, version, amendment, parties } = agreement;
    const others = amendment === 'administrative' ? parties.filter(({ isLead }) => !isLead) : [];
    const people = others.flatMap(({ signatoryId, dpoId }) => [signatoryId, dpoId]);
    for (const { personId, email } of await this.versions.addresses(tx, people)) {
      const dedupeKey = `amendment:${id}:${String(version)}:${personId}`;
      await this.outbox.put(tx, { dedupeKey, to: email, ...this.mail(agreement) });
    }
  }

  private mail({ id, reference, version }: AgreementVersion): { subject: string; text: string } {
    const changes = `from=${String(version - 1)}&to=${String(version)}`;
    const text = [
      `Version ${String(version)} of ${reference} is in force.`,
      '',
      'It changes contacts or an assessment and nothing else, so the lead signed it and your sign-off carries over.',
      '',
      `What changed, term by term: ${this.config.publicUrl}/api/v1/agreements/${id}/changes?${changes}`,
      '',
      'You get this because you are the signatory or the data protection officer of a party.',
      '',
    ].join('\n');
    return { subject: `Concordat: ${reference} was amended`, text };
  }
}
