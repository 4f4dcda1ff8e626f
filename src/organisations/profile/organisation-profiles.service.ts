import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { actorOn } from '../acting.js';
import { OrganisationsService } from '../organisations.service.js';
import { Teams } from '../teams/teams.service.js';
import type { DatasetCounts, OwnPage, PublicPage } from './organisation-page.view.js';
import type { ProfileDto } from './profile.dto.js';
import { ProfileRepository, type ProfileRow } from './profile.repository.js';

type CountDatasets = (principal: Principal, organisationId: string) => Promise<DatasetCounts>;

/** What an organisation shows of itself: to everybody who signs in once it has a summary, and more to its own people. */
@Injectable()
export class OrganisationProfiles {
  private countDatasets: CountDatasets | undefined;

  // eslint-disable-next-line max-params -- a page is made of what other rooms hold
  constructor(
    private readonly database: Database,
    private readonly profiles: ProfileRepository,
    private readonly organisations: OrganisationsService,
    private readonly teams: Teams,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
  ) {}

  /** Called once, by the folder that knows which datasets somebody may see. */
  countDatasetsBy(count: CountDatasets): void {
    this.countDatasets = count;
  }

  /** @throws ConcordatError `not_found` for one that shows nothing of itself, as if it were absent. */
  async get(principal: Principal, id: string): Promise<OwnPage | PublicPage> {
    const profile = await this.profiles.find(this.database.manager, id);
    const resource = { organisationIds: [id] };
    const isInside = this.authorisation.allows(principal, 'organisation:read', resource);
    if (!profile || (!isInside && !isShown(profile))) {
      this.authorisation.require(principal, 'organisation:read', resource);
      throw new ConcordatError('not_found');
    }
    const { name, kind, identifier, publicAuthority, summary, website, contact } = profile;
    const page = {
      ...{ id, name, kind, identifier, publicAuthority, summary, website, contact },
      teams: isInside ? await this.teams.ofOwn(id) : await this.teams.ofPublic(id),
      datasets: (await this.countDatasets?.(principal, id)) ?? null,
    };
    return isInside ? { ...page, ...(await this.organisations.get(principal, id)) } : page;
  }

  /** True of one that has a page for this reader. */
  async knows(principal: Principal, id: string): Promise<boolean> {
    const profile = await this.profiles.find(this.database.manager, id);
    const resource = { organisationIds: [id] };
    return (
      profile !== undefined &&
      (isShown(profile) || this.authorisation.allows(principal, 'organisation:read', resource))
    );
  }

  async describe(principal: Principal, id: string, dto: ProfileDto): Promise<OwnPage | PublicPage> {
    const organisationIds = [id];
    this.authorisation.require(principal, 'organisation:describe', { organisationIds });
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'organisation', id }]);
      const current = await this.profiles.find(tx, id);
      if (!current) {
        throw new ConcordatError('not_found');
      }
      const { summary, website, contact } = { ...current, ...given(dto) };
      const auditEventId = await this.audit.record(tx, 'organisation.updated', {
        ...actorOn(principal, id),
        organisationIds,
        targetType: 'organisation',
        targetId: id,
        changedPaths: Object.keys(given(dto)).map((name) => `/${name}`),
      });
      await this.profiles.update(tx, id, { summary, website, contact }, auditEventId);
    });
    return this.get(principal, id);
  }
}

function isShown({ summary, status }: ProfileRow): boolean {
  return summary !== null && status === 'active';
}

/** What is not said stays as it is. */
function given(dto: ProfileDto): Partial<Pick<ProfileRow, 'summary' | 'website' | 'contact'>> {
  return Object.fromEntries(Object.entries(dto).filter(([, value]) => value !== undefined));
}
