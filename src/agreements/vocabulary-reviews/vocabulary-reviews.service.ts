import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import type { AgreementVersion } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { brokerEvent } from '../lifecycle/agreement-gate.js';
import type { VersionKey } from '../versions/versions.repository.js';
import { Vocabularies } from '../vocabularies.js';
import { endedCodes } from '../warnings/warnings.rules.js';
import { EndedTermsRepository } from './ended-terms.repository.js';

const AT_ONCE = 100;

/** R2.8: when a vocabulary ends a term, each version in force that uses it needs a review, and says so once. */
@Injectable()
export class VocabularyReviews {
  private sweptOn: string | undefined;

  // eslint-disable-next-line max-params -- versions, vocabularies, their events, and the clock
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsRepository,
    private readonly repository: EndedTermsRepository,
    private readonly vocabularies: Vocabularies,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Terms end on days and their files are read at boot: once a London day in each process is enough. */
  async sweepDaily(): Promise<void> {
    const today = londonDay(this.clock.now());
    if (this.sweptOn !== today) {
      await this.sweep(today);
      this.sweptOn = today;
    }
  }

  private async sweep(today: string): Promise<void> {
    const { manager } = this.database;
    let last: string | null = null;
    do {
      const page = await this.repository.live(manager, last, AT_ONCE);
      for (const key of page) {
        await this.review(key, today);
      }
      last = page.at(-1)?.id ?? null;
    } while (last !== null);
  }

  // A lock holds up everybody who works with the agreement: only where there is something to tell.
  private async review({ id, version }: VersionKey, today: string): Promise<void> {
    const agreement = await this.agreements.find(this.database.manager, id, version);
    if (agreement && this.endedIn(agreement, today).length > 0) {
      await this.database.transaction((tx) => this.tell(tx, id, version, today));
    }
  }

  // The lock makes two workers take turns: the second finds what the first has told.
  private async tell(tx: Tx, id: string, version: number, today: string): Promise<void> {
    await takeLocks(tx, 'exclusive', [{ kind: 'agreement', id }]);
    const agreement = await this.agreements.find(tx, id, version);
    if (agreement?.endedAt !== null) {
      return;
    }
    const told = await this.repository.told(tx, agreement);
    for (const ended of this.endedIn(agreement, today)) {
      if (!told.some((earlier) => keyOf(earlier) === keyOf(ended))) {
        const auditEventId = await this.audit.record(tx, 'agreement.review-required', {
          ...brokerEvent(agreement),
          reasonCodes: ['vocabulary_term_ended'],
          reasonText: `${ended.vocabulary} ${ended.code} is not in use since ${ended.endedOn}`,
        });
        await this.repository.insert(tx, agreement, ended, auditEventId);
      }
    }
  }

  // A version may name one code in several places.
  private endedIn({ terms }: AgreementVersion, today: string): readonly Ended[] {
    const found = endedCodes(terms, this.vocabularies.terms, today).map(
      ({ vocabulary, code, endedOn }): Ended => ({
        vocabulary: this.vocabularies.terms[vocabulary].vocabulary,
        code,
        endedOn,
      }),
    );
    return [...new Map(found.map((ended) => [keyOf(ended), ended])).values()];
  }
}

interface Ended {
  readonly vocabulary: string;
  readonly code: string;
  readonly endedOn: string;
}

function keyOf({ vocabulary, code, endedOn }: Ended): string {
  return [vocabulary, code, endedOn].join(' ');
}
