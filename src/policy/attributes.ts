import { isIP } from 'node:net';
import { isUuid } from '../kernel/ids.js';

export type AttributeType = 'code' | 'uuid' | 'integer' | 'boolean' | 'instant' | 'set' | 'ip';

/** The closed list of domain.md section 4 (R4.1). Conditions and attribute maps know no other name. */
export const ATTRIBUTES = {
  'subject.id': 'uuid',
  'subject.kind': 'code',
  'subject.organisationId': 'uuid',
  'subject.organisationKind': 'code',
  'subject.roles': 'set',
  'subject.organisationChecks': 'set',
  'subject.accreditations': 'set',
  'subject.trainings': 'set',
  'subject.trainingValid': 'boolean',
  'subject.authLevel': 'integer',
  'dataset.id': 'uuid',
  'dataset.ownerOrganisationId': 'uuid',
  'dataset.access': 'code',
  'dataset.kind': 'code',
  'dataset.status': 'code',
  'dataset.sensitivity': 'code',
  'dataset.tags': 'set',
  'agreement.id': 'uuid',
  'agreement.version': 'integer',
  'agreement.status': 'code',
  'agreement.providerStatus': 'code',
  'agreement.partyStatus': 'code',
  'agreement.endsAt': 'instant',
  'project.id': 'uuid',
  'project.status': 'code',
  'project.endsAt': 'instant',
  'project.purposes': 'set',
  'project.ethicsApproved': 'boolean',
  'request.purpose': 'code',
  'request.delivery': 'code',
  'request.until': 'instant',
  'request.dpop': 'boolean',
  'request.conflict': 'boolean',
  'request.now': 'instant',
  'request.ip': 'ip',
  'request.country': 'code',
} as const satisfies Record<string, AttributeType>;

export type AttributeName = keyof typeof ATTRIBUTES;
export type AttributeValue = string | number | boolean | readonly string[];

/** What a caller knows of one request. Instants are RFC 3339 UTC text; sets hold codes; null and absent are unknown. */
export type AttributeInput = Readonly<
  Partial<Record<AttributeName, AttributeValue | null | undefined>>
>;

declare const checked: unique symbol;
/** Attributes that `freezeAttributes` has checked: every value has the type of its name. */
export type Attributes = Readonly<Partial<Record<AttributeName, AttributeValue>>> & {
  readonly [checked]: true;
};

export const ACTIONS = [
  'dataset:request',
  'dataset:read',
  'feed:subscribe',
  'view:read',
  'aggregate:query',
] as const;
export type Action = (typeof ACTIONS)[number];

export function isAttributeName(name: unknown): name is AttributeName {
  return typeof name === 'string' && Object.hasOwn(ATTRIBUTES, name);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?Z$/;

/** True for RFC 3339 UTC text of an instant that exists: Date.parse alone reads 30 February as 2 March. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !INSTANT.test(value)) {
    return false;
  }
  const at = Date.parse(value);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value.slice(0, 19));
}

/**
 * A frozen map without a prototype, so that no inherited name is an attribute.
 * @throws TypeError for an unknown name or a value of another type: a condition over it could hold or fail by accident.
 */
export function freezeAttributes(values: AttributeInput): Attributes {
  const map = Object.create(null) as Record<string, AttributeValue>;
  for (const [name, value] of Object.entries(values)) {
    if (!isAttributeName(name)) {
      throw new TypeError(`No such attribute: ${name}`);
    }
    if (value === undefined || value === null) {
      continue;
    }
    if (!FITS[ATTRIBUTES[name]](value)) {
      throw new TypeError(`Attribute ${name} is not of type ${ATTRIBUTES[name]}`);
    }
    map[name] = isList(value) ? Object.freeze([...value].sort()) : value;
  }
  return Object.freeze(map) as Attributes;
}

function isList(value: AttributeValue): value is readonly string[] {
  return Array.isArray(value);
}

const isCode = (value: unknown): boolean => typeof value === 'string' && value.isWellFormed();

const FITS: Readonly<Record<AttributeType, (value: AttributeValue) => boolean>> = {
  code: isCode,
  uuid: (value) => typeof value === 'string' && isUuid(value),
  integer: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === 'boolean',
  instant: isInstant,
  // Spread first: `every` passes over the holes of a list.
  set: (value) => isList(value) && [...value].every(isCode),
  ip: (value) => typeof value === 'string' && isIP(value) !== 0,
};
