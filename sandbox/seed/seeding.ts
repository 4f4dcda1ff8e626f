import type { Callers } from '../callers.js';
import type { PersonaName } from '../personas.js';
import type { PartnerStore } from '../processes/partner-stores.js';

/** What seeding starts from: everybody's API, and the stores as their owners know them. */
export interface Seeding {
  readonly callers: Callers;
  readonly issuer: string;
  readonly stores: readonly [PartnerStore, PartnerStore];
  /** Whether the stores hold the real files. */
  readonly isReal: boolean;
  /** Also a live feed, into which somebody is putting objects, and files as URLs of the store itself. */
  readonly hasEveryMode?: boolean;
  readonly say: (line: string) => void;
}

export type Organisations = Readonly<
  Record<'operator' | 'city' | 'university' | 'borough', string>
>;
/** Persona to person id. */
export type People = Readonly<Record<PersonaName, string>>;

/** What the later steps of seeding stand on: ids by the name they go by here. */
export interface Ground extends Seeding {
  readonly organisations: Organisations;
  readonly people: People;
  /** The London day. */
  readonly today: string;
}

interface Identified {
  readonly id: string;
}
export type { Identified };
