/** The roles of a membership (domain.md section 1). They count only inside its organisation (R1.1). */
export const ROLES = [
  'data_owner',
  'signatory',
  'dpo',
  'researcher',
  'ig_officer',
  'platform_admin',
] as const;
export type Role = (typeof ROLES)[number];
