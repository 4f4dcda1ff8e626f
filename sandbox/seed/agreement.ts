import { addMonths } from '../../src/kernel/london-day.js';
import type { ApiClient } from '../api-client.js';
import { waitFor } from '../processes/wait-for.js';
import type { Dataset, Datasets } from './data.js';
import { RESEARCH_PURPOSE } from './research.js';
import type { Ground } from './seeding.js';

const ACTIVE_TIMEOUT_MS = 30_000;

export const AGREEMENT_TITLE = 'Fair and safe streets: data for research';

export interface Agreement {
  readonly id: string;
  readonly status: string;
  readonly versionHash: string | null;
}

/**
 * Drafts, submits, reviews and signs an agreement between the city and the university, until it is in force.
 * @param terms beside, or in place of, those that all of them have: `items`, `modes` and `actions` at the least.
 */
export async function makeAgreement(ground: Ground, terms: object): Promise<Agreement> {
  const { callers, organisations, say } = ground;
  const path = '/api/v1/agreements';
  const { id } = await callers.owner.post<Agreement>(path, {
    organisationId: organisations.city,
    ...baseTerms(ground),
    ...terms,
  });
  const { versionHash } = await submitAgreement(callers.owner, id);
  say('The data owner drafts an agreement and submits it');
  const review = { decision: 'accept', versionHash };
  await callers.dpo.post(`${path}/${id}/reviews`, review);
  await callers.partnerDpo.post(`${path}/${id}/reviews`, review);
  say(`Both data protection officers accept it; it is locked as ${String(versionHash)}`);
  const signature = { decision: 'sign', versionHash };
  await callers.ownerSignatory.post(`${path}/${id}/signatures`, signature);
  await callers.partnerSignatory.post(`${path}/${id}/signatures`, signature);
  let agreement = await callers.owner.get<Agreement>(`${path}/${id}`);
  await waitFor('The agreement to come into force', ACTIVE_TIMEOUT_MS, async () => {
    agreement = await callers.owner.get<Agreement>(`${path}/${id}`);
    return agreement.status === 'active';
  });
  say('Both senior signatories sign that version; the agreement is in force');
  return agreement;
}

/** Submits the draft as it stands: `If-Match` says which one that is. */
export async function submitAgreement(owner: ApiClient, id: string): Promise<Agreement> {
  const path = `/api/v1/agreements/${id}`;
  return owner.post<Agreement>(`${path}/submit`, {}, await owner.ifMatch(path));
}

/** What the first agreement shares: three datasets, as files. */
export function sharedFiles(
  { organisations }: Ground,
  { stopSearch, airQuality, boroughs }: Pick<Datasets, 'stopSearch' | 'airQuality' | 'boroughs'>,
): object {
  return {
    items: [
      item(stopSearch, organisations.city, 'anonymous', 'People who were searched, not named.'),
      item(airQuality, organisations.city, 'none', 'Nobody: readings of instruments.'),
      item(boroughs, organisations.city, 'none', 'Nobody: boundaries.'),
    ],
    modes: ['stream'],
    actions: ['dataset:request', 'dataset:read'],
  };
}

function baseTerms({ organisations, people, today }: Ground): object {
  const party = {
    controllerRole: 'separate',
    founding: true,
    breachContact: 'breach@sandbox.example',
    queryContact: 'data@sandbox.example',
  };
  return {
    title: AGREEMENT_TITLE,
    summary:
      'The police data office lets accredited researchers of the university read records of stop and search, air quality ' +
      'and boundaries, to study where and when searches happen.',
    kind: 'sharing',
    startsOn: today,
    endsOn: addMonths(today, 24),
    reviewOn: addMonths(today, 11),
    parties: [
      {
        ...party,
        organisationId: organisations.city,
        signatoryId: people.ownerSignatory,
        dpoId: people.dpo,
        dataRole: 'provider',
        lead: true,
      },
      {
        ...party,
        organisationId: organisations.university,
        signatoryId: people.partnerSignatory,
        dpoId: people.partnerDpo,
        dataRole: 'recipient',
        lead: false,
      },
    ],
    purposes: [RESEARCH_PURPOSE],
    objective: 'To learn whether searches fall fairly on the city, by place, time and air.',
    necessity: 'Rates by place and hour need the rows; totals by borough and month hide them.',
    publicBenefit: 'Evidence for fairer policing, published for everyone.',
    alternatives: 'Monthly totals were tried and could not answer the question.',
    prohibitedUses: ['onward_sharing', 'commercial_use', 'reidentification', 'marketing'],
    dpia: {
      status: 'not_required',
      reason: 'No item is personal data: names are absent and places are map points.',
      dpoView: 'Agreed, as long as nothing is joined to named data.',
    },
    approval: 'owner',
    accreditations: ['dea_full'],
    trainings: ['safe_researcher_training'],
    orgChecks: ['ico'],
    minAuth: 'aal2',
    dpop: false,
    maxGrantDays: 90,
    maxRevocationSeconds: 1,
    countries: ['GB'],
    setting: 'transfer',
    accuracy: 'As published by the source; corrections are sent within a month.',
    security: 'Encrypted at rest and in transit; read on managed machines only.',
    format: 'CSV and GeoJSON, UTF-8.',
    retention: 'P2Y',
    disposal: 'destroy',
    disposalDays: 30,
    changeProcess: 'By amendment, signed by both parties.',
    publish: true,
  };
}

/** One dataset of an agreement, as it lies in its store. */
export function item(
  dataset: Dataset,
  providerId: string,
  dataClass: string,
  subjects: string,
): object {
  return {
    datasetId: dataset.id,
    providerId,
    fields: dataset.fields.map((name) => ({ name, reason: 'Needed for rates by place and time.' })),
    release: 'raw',
    dataClass,
    subjects,
    source: 'Records of the data office.',
    period: '2016 to 2025',
  };
}
