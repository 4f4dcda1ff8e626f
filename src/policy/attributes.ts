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

/** What is known of one request. Instants are RFC 3339 UTC text; sets hold codes. A missing name is unknown. */
export type Attributes = Readonly<Partial<Record<AttributeName, AttributeValue>>>;

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

/** A frozen map without a prototype, so that no inherited name is an attribute. Undefined members are left out. */
export function freezeAttributes(
  values: Readonly<Partial<Record<AttributeName, AttributeValue | undefined | null>>>,
): Attributes {
  const map = Object.create(null) as Record<string, AttributeValue>;
  for (const [name, value] of Object.entries(values)) {
    if (!isAttributeName(name)) {
      throw new TypeError(`No such attribute: ${name}`);
    }
    if (value !== undefined && value !== null) {
      map[name] = Array.isArray(value) ? Object.freeze([...(value as string[])].sort()) : value;
    }
  }
  return Object.freeze(map) as Attributes;
}
