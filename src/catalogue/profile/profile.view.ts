import type { DatasetField } from '../dataset.types.js';
import type { StoredProfile } from './profile.repository.js';
import type { Proposal } from './profile.types.js';

/** For the owner alone. */
export interface ProfileView {
  readonly id: string;
  readonly datasetId: string;
  readonly status: StoredProfile['status'];
  readonly requestedAt: string;
  /** It is gone by then, confirmed or not. */
  readonly expiresAt: string;
  /** Why there is no proposal. */
  readonly fault: string | null;
  readonly proposal: Proposal | null;
  /** Columns that are described and were not found: a confirmation takes them out. */
  readonly missing: readonly string[];
}

export function toProfileView(
  profile: StoredProfile,
  { fields }: { readonly fields: readonly DatasetField[] },
): ProfileView {
  const { proposal } = profile;
  const found = new Set(proposal?.columns.map(({ name }) => name));
  return {
    id: profile.id,
    datasetId: profile.datasetId,
    status: profile.status,
    requestedAt: profile.requestedAt.toISOString(),
    expiresAt: profile.expiresAt.toISOString(),
    fault: profile.fault,
    proposal,
    missing: proposal ? fields.map(({ name }) => name).filter((name) => !found.has(name)) : [],
  };
}
