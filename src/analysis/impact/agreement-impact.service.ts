import { Inject, Injectable } from '@nestjs/common';
import {
  ActivationPreview,
  type PreviewedVersion,
} from '../../agreements/lifecycle/activation-preview.service.js';
import { Cascade, PREVIEW_LIMIT } from '../../cascade/cascade.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import { PeopleNames } from '../people-names.repository.js';
import { changesIn, type AccessChanges } from './access-change.rules.js';
import { ActivationComparison } from './activation-comparison.service.js';
import {
  CandidatesRepository,
  type Candidate,
  type CandidatePosition,
} from './candidates.repository.js';

/** What an agreement version gives, takes, and would end with. */
export interface AgreementImpactView extends AccessChanges {
  readonly agreementId: string;
  readonly version: number;
  readonly status: string;
  /** The version that it is compared with; null when none is in force. */
  readonly inForce: number | null;
  /** When the version would be in force; null when it is or was, and then nobody gains or loses. */
  readonly activatesAt: string | null;
  /** How many people, each with a project and a dataset, this page compared. */
  readonly examined: number;
  /** What ends when the version in force ends; on the first page. */
  readonly affected: readonly {
    readonly kind: string;
    readonly id: string;
    readonly pseudonym: string | null;
    readonly organisationId: string;
    readonly datasetId: string;
  }[];
  /** False when more would end than `affected` holds. */
  readonly isComplete: boolean;
}

/** A page, and after whom the next starts. */
export interface AgreementImpactPage {
  readonly view: AgreementImpactView;
  readonly next: CandidatePosition | null;
}

/** Who gains and who loses when a version is put in force, and what falls when it ends (policy section 5). */
@Injectable()
export class AgreementImpact {
  // eslint-disable-next-line max-params -- the versions, the people, what ends, and who looks
  constructor(
    private readonly database: Database,
    private readonly previews: ActivationPreview,
    private readonly candidates: CandidatesRepository,
    private readonly comparison: ActivationComparison,
    private readonly names: PeopleNames,
    private readonly cascade: Cascade,
    private readonly authorisation: Authorisation,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @param asked without a version: the current one.
   * @throws ConcordatError `not_found`, `operation_denied`; `agreement_incomplete` (422) for a draft that is not whole;
   * `policy_unavailable` (503) on a node whose rules may be old.
   */
  async of(
    principal: Principal,
    asked: { readonly id: string; readonly version?: number | undefined },
    after: CandidatePosition | null,
    limit: number,
  ): Promise<AgreementImpactPage> {
    const preview = await this.previews.of(principal, asked.id, asked.version);
    const { agreementId, version, status, organisationIds, activation } = preview;
    this.authorisation.require(principal, 'agreement:impact', { organisationIds });
    const own = this.ownOrganisations(principal);
    const found = await this.findCandidates(preview, own, after, limit + 1);
    const page = found.slice(0, limit);
    const activatesAt = activation && later(activation.startsAt, this.clock.now());
    const compared = await this.comparison.of(preview, page, activatesAt);
    const inForce = preview.inForce?.version ?? null;
    const affected = after === null ? await this.endsWith(agreementId, inForce) : [];
    const view = {
      agreementId,
      version,
      status,
      inForce,
      activatesAt: activatesAt?.toISOString() ?? null,
      examined: page.length,
      ...changesIn(compared, (candidate) => isShown(candidate, own)),
      affected,
      isComplete: affected.length < PREVIEW_LIMIT,
    };
    const last = found.length > limit ? page.at(-1) : undefined;
    const next = last ? { placeId: last.placeId, datasetId: last.datasetId } : null;
    return { view, next };
  }

  /** Null for the operator's officers, who see everybody by pseudonym. */
  private ownOrganisations(principal: Principal): readonly string[] | null {
    const may = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'agreement:impact', { organisationIds });
    const own = principal.memberships.map(({ organisationId }) => organisationId);
    return may([]) ? null : own.filter((id) => may([id]));
  }

  private async findCandidates(
    { agreementId, inForce, activation }: PreviewedVersion,
    onlookerIds: readonly string[] | null,
    after: CandidatePosition | null,
    limit: number,
  ): Promise<readonly Candidate[]> {
    if (!activation) {
      return [];
    }
    const rules = [...activation.rules, ...(inForce?.rules ?? [])];
    const scope = {
      agreementId,
      datasetIds: [...new Set(rules.map(({ datasetId }) => datasetId))],
      recipientIds: [...new Set(rules.flatMap(({ recipients }) => recipients))],
      today: londonDay(this.clock.now()),
      onlookerIds,
    };
    return this.candidates.ofAgreement(this.database.manager, scope, after, limit);
  }

  private async endsWith(
    agreementId: string,
    version: number | null,
  ): Promise<AgreementImpactView['affected']> {
    if (version === null) {
      return [];
    }
    const { manager } = this.database;
    const cause = { code: 'version_stopped', agreementId, version } as const;
    const affected = await this.cascade.preview(manager, cause);
    const people = [...new Set(affected.map(({ personId }) => personId))];
    const pseudonyms = await this.names.pseudonymsOf(manager, people);
    return affected.map(({ personId, ...rest }) => ({
      ...rest,
      pseudonym: pseudonyms.get(personId) ?? null,
    }));
  }
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}

// Of one's own organisation everybody; as the data's owner, who asked. A draft is not the owner's to see yet.
function isShown(
  { organisationId, ownerId, isSubmitted }: Candidate,
  own: readonly string[] | null,
): boolean {
  return own === null || own.includes(organisationId) || (isSubmitted && own.includes(ownerId));
}
