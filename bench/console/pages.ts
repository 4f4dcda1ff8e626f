import type { PersonaName } from '../../sandbox/personas.js';
import { id } from '../review/ground.js';

/** A page of the console, who reads it, and which thing of the city it shows. */
export interface MainPage {
  readonly name: string;
  readonly persona: PersonaName;
  /** `:id` stands for what `of` gives. */
  readonly path: string;
  /** SQL of one id. */
  readonly of?: string;
}

const GRANT = `SELECT g.id FROM grants g WHERE g.provider_id = ${id('organisation', '1')} ORDER BY g.id DESC LIMIT 1`;
const ofGrant = (column: string): string =>
  `SELECT g.${column} AS id FROM grants g WHERE g.id = (${GRANT})`;
const NEWEST_EVENT = `SELECT id FROM audit_event WHERE type = 'object.opened' ORDER BY occurred_at DESC, id DESC LIMIT 1`;

export const MAIN_PAGES: readonly MainPage[] = [
  { name: 'Home', persona: 'owner', path: '/' },
  { name: 'Find data', persona: 'owner', path: '/datasets?q=air' },
  { name: 'A dataset', persona: 'owner', path: '/datasets/:id', of: ofGrant('dataset_id') },
  { name: 'Stores', persona: 'owner', path: '/stores' },
  { name: 'Agreements', persona: 'owner', path: '/agreements' },
  { name: 'An agreement', persona: 'owner', path: '/agreements/:id', of: ofGrant('agreement_id') },
  {
    name: 'Who has access now',
    persona: 'owner',
    path: '/agreements/:id/access',
    of: ofGrant('agreement_id'),
  },
  { name: 'Requests', persona: 'owner', path: '/requests' },
  { name: 'Access', persona: 'owner', path: '/grants' },
  { name: 'A grant', persona: 'owner', path: '/grants/:id', of: GRANT },
  { name: 'Review', persona: 'officer', path: '/review' },
  { name: 'Events', persona: 'officer', path: '/review/events' },
  { name: 'Events of a type', persona: 'officer', path: '/review/events?type=grant.issued' },
  { name: 'An event', persona: 'officer', path: '/review/events/:id', of: NEWEST_EVENT },
  {
    name: 'The story of a person',
    persona: 'officer',
    path: '/review/people/:id',
    of: ofGrant('person_id'),
  },
  {
    name: 'The story of a dataset',
    persona: 'officer',
    path: '/review/datasets/:id',
    of: ofGrant('dataset_id'),
  },
  {
    name: 'The story of an organisation',
    persona: 'officer',
    path: '/review/organisations/:id',
    of: ofGrant('organisation_id'),
  },
  {
    name: 'The story of an agreement',
    persona: 'officer',
    path: '/review/agreements/:id',
    of: ofGrant('agreement_id'),
  },
  { name: 'The story of a grant', persona: 'officer', path: '/review/grants/:id', of: GRANT },
  { name: 'Alerts', persona: 'officer', path: '/review/alerts' },
  {
    name: 'Accounting of disclosures',
    persona: 'officer',
    path: '/review/organisations/:id/accounting',
    of: ofGrant('provider_id'),
  },
  { name: 'The log', persona: 'officer', path: '/review/log' },
  { name: 'Administration', persona: 'admin', path: '/administration' },
  { name: 'Organisations', persona: 'admin', path: '/organisations' },
];
