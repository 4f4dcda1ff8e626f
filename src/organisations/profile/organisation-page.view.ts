import type { OrganisationView } from '../organisation.view.js';
import type { TeamView } from '../teams/team.view.js';
import type { ProfileRow } from './profile.repository.js';

/** Datasets that the reader may see, by how they may be had. */
export interface DatasetCounts {
  readonly open: number;
  readonly shared: number;
  readonly closed: number;
}

/** An organisation's page, as everybody sees it who may know of it. */
export interface PublicPage extends Omit<ProfileRow, 'status'> {
  /** Those that the organisation shows; who is in them it does not. */
  readonly teams: readonly TeamView[];
  /** Null in a process that has no catalogue. */
  readonly datasets: DatasetCounts | null;
}

/** The same as its own people see it. */
export type OwnPage = PublicPage & OrganisationView;
