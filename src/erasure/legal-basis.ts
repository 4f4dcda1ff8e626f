/**
 * The grounds of Article 17(1) UK GDPR: no longer necessary, consent withdrawn, objection, unlawful processing, a legal
 * obligation, a child's consent to an online service.
 */
export const LEGAL_BASES = ['17-1-a', '17-1-b', '17-1-c', '17-1-d', '17-1-e', '17-1-f'] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];
