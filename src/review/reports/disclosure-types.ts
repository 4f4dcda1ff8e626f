/** What left the broker: the only events that count as delivery (R5.4). */
export const DELIVERY_TYPES = ['object.delivered', 'object.cut', 'feed.delivered'] as const;

/** What somebody may have fetched with, without the broker in between: never a delivery (R5.4). */
const ISSUED_TYPES = ['object.url-issued', 'object.credential-issued'] as const;

/** As SQL, so that the planner sees that the partial indexes of these types hold what is asked. */
export const DELIVERIES = listOf(DELIVERY_TYPES);
export const DISCLOSURES = listOf([...DELIVERY_TYPES, ...ISSUED_TYPES]);

function listOf(types: readonly string[]): string {
  return `(${types.map((type) => `'${type}'`).join(', ')})`;
}
