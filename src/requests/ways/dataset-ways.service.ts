import { Inject, Injectable } from '@nestjs/common';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { DatasetsService } from '../../catalogue/datasets.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import { linksOf, shortestWay } from './ways.rules.js';
import type { DatasetWaysView, OwnProject, OwnRequest } from './ways.types.js';
import { toAgreementWay, toDatasetWaysView } from './ways.view.js';
import { WaysRepository, type WaysQuery } from './ways.repository.js';

/** "How do I get this?", for who asks: of what they may not know of, nothing is in the answer (ADR 0057). */
@Injectable()
export class DatasetWays {
  // eslint-disable-next-line max-params -- what is read, who may read it, the vocabulary and the clock
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetsService,
    private readonly ways: WaysRepository,
    private readonly vocabularies: Vocabularies,
    private readonly authorisation: Authorisation,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `not_found` for a dataset that the caller may not see, as if it were absent. */
  async of(principal: Principal, datasetId: string): Promise<DatasetWaysView> {
    const dataset = await this.datasets.get(principal, datasetId);
    const { agreements, hasMore } = await this.agreementsFor(principal, datasetId);
    const requests = await this.requestsOf(principal, datasetId);
    const projects = await this.projectsOf(principal, datasetId);
    const within = (purposes: readonly string[]): readonly string[] =>
      this.vocabularies.purposesWithin(purposes);
    const ways = agreements.flatMap((one) => toAgreementWay(one, projects, within) ?? []);
    const links = linksOf(dataset);
    const standings = ways.map(({ standing }) => standing);
    const shortest = shortestWay(dataset, links, standings, requests);
    const found = { shortest, links, agreements: ways, hasMoreAgreements: hasMore, requests };
    return toDatasetWaysView(dataset, found);
  }

  // Also for who may read no agreement: what is published, anybody may know of.
  private agreementsFor(
    principal: Principal,
    datasetId: string,
  ): ReturnType<WaysRepository['agreements']> {
    const query = this.query(principal, datasetId, 'agreement:read');
    return this.ways.agreements(this.database.manager, query);
  }

  private requestsOf(principal: Principal, datasetId: string): Promise<readonly OwnRequest[]> {
    const query = this.query(principal, datasetId, 'access_request:read', principal.personId);
    return this.ways.requests(this.database.manager, query);
  }

  private projectsOf(principal: Principal, datasetId: string): Promise<readonly OwnProject[]> {
    const query = this.query(principal, datasetId, 'project:read');
    return this.ways.projects(this.database.manager, query);
  }

  /** @param ownerId of what is somebody's own; absent: what is their organisation's. */
  private query(
    principal: Principal,
    datasetId: string,
    operation: Operation,
    ownerId?: string,
  ): WaysQuery {
    const now = this.clock.now();
    const memberOf = principal.memberships.map(({ organisationId }) => organisationId);
    const organisationIds = memberOf.filter((id) =>
      this.authorisation.allows(principal, operation, {
        organisationIds: [id],
        ...(ownerId === undefined ? {} : { personId: ownerId, ownIn: id }),
      }),
    );
    const { personId } = principal;
    return { datasetId, organisationIds, memberOf, personId, now, today: londonDay(now) };
  }
}
