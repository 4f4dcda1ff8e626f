import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Database } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';
import { AgreementGate } from '../lifecycle/agreement-gate.js';
import type { VersionStatus } from '../lifecycle/version-lifecycle.rules.js';
import { TermsFactsRepository } from '../terms/terms-facts.repository.js';
import type { DataRole, DraftTerms } from '../terms/terms.types.js';
import { Vocabularies } from '../vocabularies.js';
import { OverlapsRepository } from './overlaps.repository.js';
import {
  endedCodeWarnings,
  publicTaskWarnings,
  relatedPurposes,
  type Warning,
} from './warnings.rules.js';

type Manager = Database['manager'];

const PREPARING: readonly VersionStatus[] = ['draft', 'in_review', 'awaiting_signature'];

/** What an agreement's readers should know of its terms as they stand today. */
@Injectable()
export class Warnings {
  constructor(
    private readonly facts: TermsFactsRepository,
    private readonly overlaps: OverlapsRepository,
    private readonly vocabularies: Vocabularies,
    private readonly gate: AgreementGate,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async of(
    manager: Manager,
    principal: Principal,
    agreement: AgreementVersion,
  ): Promise<readonly Warning[]> {
    const { terms, status } = agreement;
    const parties = (terms.parties ?? []).flatMap(({ organisationId }) => organisationId ?? []);
    const today = londonDay(this.clock.now());
    return [
      ...publicTaskWarnings(terms, await this.facts.organisations(manager, parties)),
      ...endedCodeWarnings(terms, this.vocabularies.terms, today),
      ...(PREPARING.includes(status)
        ? await this.overlapWarnings(manager, principal, agreement)
        : []),
    ];
  }

  private async overlapWarnings(
    manager: Manager,
    principal: Principal,
    { id, terms }: AgreementVersion,
  ): Promise<readonly Warning[]> {
    const items = terms.items ?? [];
    const found = await this.overlaps.find(manager, {
      agreementId: id,
      datasetIds: items.flatMap(({ datasetId }) => datasetId ?? []),
      purposes: relatedPurposes(this.vocabularies.terms.purpose, terms.purposes ?? []),
      providerIds: partiesWho(terms, 'provider'),
      recipientIds: partiesWho(terms, 'recipient'),
      readableBy: this.gate.readableBy(principal),
    });
    return found.map((other) => ({
      code: 'overlaps',
      pointer: `/items/${String(items.findIndex(({ datasetId }) => other.datasetIds.includes(datasetId ?? '')))}`,
      detail: `${other.reference} is in force between the same parties, for the same data and purpose.`,
      agreementId: other.id,
    }));
  }
}

function partiesWho(
  { parties = [] }: DraftTerms,
  role: Exclude<DataRole, 'both'>,
): readonly string[] {
  return parties.flatMap(({ organisationId, dataRole }) =>
    organisationId !== undefined && (dataRole === role || dataRole === 'both')
      ? [organisationId]
      : [],
  );
}
