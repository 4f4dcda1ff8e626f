import type { DraftTerms } from './terms.types.js';

/** Classes that are not about identifiable people; pseudonymised data still is (UK GDPR Recital 26). */
const NOT_PERSONAL: readonly string[] = ['none', 'anonymous'];

/** True when any item is personal data: then the legal and the rights groups must be there. */
export function holdsPersonalData({ items }: DraftTerms): boolean {
  return (items ?? []).some(
    ({ dataClass }) => dataClass !== undefined && !NOT_PERSONAL.includes(dataClass),
  );
}

export function holdsClass(
  { items }: DraftTerms,
  wanted: 'special_category' | 'criminal_offence',
): boolean {
  return (items ?? []).some(({ dataClass }) => dataClass === wanted);
}
