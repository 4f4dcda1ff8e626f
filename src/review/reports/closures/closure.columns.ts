import type { Columns } from '../../exports/formats/table.js';
import type { OpenClosureView } from './closure.view.js';

export const CLOSURE_COLUMNS: Columns<OpenClosureView> = {
  id: ({ id }) => id,
  state: ({ state }) => state,
  dueAt: ({ dueAt }) => dueAt,
  daysLate: ({ daysLate }) => daysLate,
  openedAt: ({ openedAt }) => openedAt,
  organisationId: ({ organisation }) => organisation.id,
  organisation: ({ organisation }) => organisation.name,
  providerId: ({ provider }) => provider.id,
  provider: ({ provider }) => provider.name,
  project: ({ project }) => project.reference,
  agreement: ({ agreement }) => agreement.reference,
  agreementVersion: ({ agreement }) => agreement.version,
  disposal: ({ disposal }) => disposal,
  datasetIds: ({ datasets }) => datasets.map(({ id }) => id),
  datasets: ({ datasets }) => datasets.map(({ title }) => title),
  isFetched: ({ isFetched }) => isFetched,
  attestedAt: ({ certificate }) => certificate?.attestedAt,
  attestedBy: ({ certificate }) => certificate?.attestedBy,
  certificateHash: ({ certificate }) => certificate?.hash,
};
