import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Offers } from '../../organisations/naming/offers.js';
import { Vocabularies } from '../vocabularies.js';
import { listSectionsOf, sectionsOf, type ListSection, type Section } from './sections.js';

/** What the forms of a draft ask, with what may be chosen today. */
@Injectable()
export class DraftForms {
  constructor(
    private readonly offers: Offers,
    private readonly vocabularies: Vocabularies,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async of({ memberships }: Principal): Promise<{
    readonly sections: readonly Section[];
    readonly lists: readonly ListSection[];
  }> {
    const today = londonDay(this.clock.now());
    const [organisations, signatories, dpos, datasets] = await Promise.all([
      this.offers.organisations(),
      this.offers.holders('signatory', today),
      this.offers.holders('dpo', today),
      this.offers.datasets(memberships.map(({ organisationId }) => organisationId)),
    ]);
    const offered = { organisations, signatories, dpos, datasets };
    const { terms } = this.vocabularies;
    return { sections: sectionsOf(terms, offered), lists: listSectionsOf(terms, offered) };
  }
}
