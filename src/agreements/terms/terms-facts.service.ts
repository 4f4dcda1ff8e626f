import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Database } from '../../platform/database/database.js';
import { Vocabularies } from '../vocabularies.js';
import { TermsFactsRepository } from './terms-facts.repository.js';
import type { TermsFacts } from './terms-facts.js';
import type { DraftTerms } from './terms.types.js';

/** Gathers what the terms rules judge by. */
@Injectable()
export class TermsFactsService {
  constructor(
    private readonly repository: TermsFactsRepository,
    private readonly vocabularies: Vocabularies,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async gather(
    manager: Database['manager'],
    draftingOrganisationId: string,
    terms: DraftTerms,
  ): Promise<TermsFacts> {
    const parties = terms.parties ?? [];
    const organisationIds = present(parties.map(({ organisationId }) => organisationId));
    const people = present([
      ...parties.flatMap(({ signatoryId, dpoId }) => [signatoryId, dpoId]),
      terms.standingDecider?.personId,
    ]);
    const datasetIds = present((terms.items ?? []).map(({ datasetId }) => datasetId));
    const now = this.clock.now();
    const today = londonDay(now);
    return {
      today,
      draftingOrganisationId,
      vocabularies: this.vocabularies.terms,
      ...(await this.repository.organisations(manager, organisationIds)),
      duties: await this.repository.duties(manager, organisationIds, people, today),
      datasets: await this.repository.datasets(manager, datasetIds, draftingOrganisationId, now),
      parent:
        terms.parentAgreementId === undefined
          ? undefined
          : await this.repository.parent(
              manager,
              terms.parentAgreementId,
              draftingOrganisationId,
              now,
            ),
    };
  }
}

function present(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
