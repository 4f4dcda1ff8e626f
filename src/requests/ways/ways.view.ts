import { coveredIn, standingOf } from './ways.rules.js';
import type {
  AgreementOnDataset,
  AgreementWay,
  DatasetFacts,
  DatasetWaysView,
  OwnProject,
} from './ways.types.js';

/** What of a dataset is shown beside the ways to it. */
interface ShownDataset extends DatasetFacts {
  readonly id: string;
  readonly organisationId: string;
  readonly title: string;
  readonly accessReason: string | null;
  readonly licence: string;
  readonly forwardingNote: string | null;
  readonly publisher: string;
  readonly contact: string;
  readonly steward: { readonly contact: string | null } | null;
}

type Found = Pick<
  DatasetWaysView,
  'shortest' | 'links' | 'agreements' | 'hasMoreAgreements' | 'requests'
>;

/** Each member by name: what else the dataset's owner sees of it has no place here (R8.7). */
export function toDatasetWaysView(dataset: ShownDataset, found: Found): DatasetWaysView {
  return {
    datasetId: dataset.id,
    title: dataset.title,
    status: dataset.status,
    access: dataset.access,
    accessReason: dataset.accessReason,
    licence: dataset.licence,
    isInStore: dataset.isInStore,
    forwardingNote: dataset.forwardingNote,
    ...found,
    ask: {
      organisationId: dataset.organisationId,
      publisher: dataset.publisher,
      contact: dataset.contact,
      stewardContact: dataset.steward?.contact ?? null,
    },
  };
}

/**
 * @param within the purposes that may be named under an agreement for others.
 * @returns undefined for an agreement that is no way for this reader.
 */
export function toAgreementWay(
  agreement: AgreementOnDataset,
  projects: readonly OwnProject[],
  within: (purposes: readonly string[]) => readonly string[],
): AgreementWay | undefined {
  const standing = standingOf(agreement);
  if (standing === undefined) {
    return undefined;
  }
  const { id, reference, title, lead, admission, places, endsAt, purposes, needs } = agreement;
  const isParty = standing !== 'joinable';
  return {
    agreementId: id,
    reference,
    title,
    standing,
    lead,
    admission,
    // What its parties agreed is theirs to know: that it is there, and who leads it, is what publishing tells.
    endsAt: isParty ? endsAt : null,
    purposes: isParty ? purposes : null,
    needs: isParty ? needs : null,
    places,
    projects: projectsFitting(agreement, projects, within(purposes)),
  };
}

function projectsFitting(
  agreement: AgreementOnDataset,
  projects: readonly OwnProject[],
  within: readonly string[],
): AgreementWay['projects'] {
  const organisationIds = coveredIn(agreement);
  return projects
    .filter(({ organisationId }) => organisationIds.includes(organisationId))
    .map(({ id, reference, title, purposes }) => ({
      id,
      reference,
      title,
      purposes: purposes.filter((purpose) => within.includes(purpose)),
    }))
    .filter(({ purposes }) => purposes.length > 0);
}
