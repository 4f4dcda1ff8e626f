import type { AttributeName, Attributes, AttributeValue } from '../attributes.js';

type Part = Readonly<Partial<Record<AttributeName, AttributeValue>>>;

/** The Casbin request: `sub` carries subject.*, `obj` dataset.* and agreement.*, `env` project.* and request.*. */
export interface CasbinRequest {
  readonly sub: Part;
  readonly obj: Part & { readonly id: AttributeValue | undefined };
  readonly env: Part;
}

export type PartName = keyof CasbinRequest;

const PARTS: Readonly<Record<string, PartName>> = {
  subject: 'sub',
  dataset: 'obj',
  agreement: 'obj',
  project: 'env',
  request: 'env',
};

/** @see domain.md section 4 */
export function partOf(name: AttributeName): PartName {
  const part = PARTS[name.slice(0, name.indexOf('.'))];
  if (part === undefined) {
    throw new Error(`No part of a request carries ${name}`);
  }
  return part;
}

export function casbinRequest(attributes: Attributes): CasbinRequest {
  const parts = { sub: emptyPart(), obj: emptyPart(), env: emptyPart() };
  for (const [name, value] of Object.entries(attributes) as [AttributeName, AttributeValue][]) {
    parts[partOf(name)][name] = value;
  }
  parts.obj['id'] = attributes['dataset.id'];
  return parts as unknown as CasbinRequest;
}

function emptyPart(): Record<string, AttributeValue | undefined> {
  return Object.create(null) as Record<string, AttributeValue | undefined>;
}
