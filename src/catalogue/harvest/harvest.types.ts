/** How other catalogues say what they have. */
export const HARVEST_FORMATS = ['ckan', 'data_json', 'dcat'] as const;
export type HarvestFormat = (typeof HARVEST_FORMATS)[number];

export const HARVEST_CHANGES = [
  'added',
  'changed',
  'refused',
  'duplicate',
  'vanished',
  'returned',
] as const;
export type HarvestChange = (typeof HARVEST_CHANGES)[number];

/** Everybody may know of what is read, or its organisation alone until it has looked at it. */
export const HARVEST_VISIBILITIES = ['public', 'owner'] as const;
export type HarvestVisibility = (typeof HARVEST_VISIBILITIES)[number];
