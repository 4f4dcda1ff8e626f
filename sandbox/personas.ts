import type { ProviderPersona } from './provider/persona.js';

/** Everybody who can sign in to the sandbox, by role. None of them is anyone. */
export const PERSONAS = {
  admin: 'Platform administrator',
  admin2: 'Second platform administrator',
  owner: 'Data owner',
  ownerSignatory: 'Senior signatory of the data owner',
  dpo: 'Data protection officer of the data owner',
  partnerSignatory: 'Senior signatory of the research partner',
  partnerDpo: 'Data protection officer of the research partner',
  researcher: 'Researcher',
  officer: 'Information governance officer',
} as const;

export type PersonaName = keyof typeof PERSONAS;
export const PERSONA_NAMES = Object.keys(PERSONAS) as readonly PersonaName[];

export type Passwords = Readonly<Record<PersonaName, string>>;

/** The provider's accounts. Subjects and addresses are the role itself, below a domain that nobody can own. */
export function providerPersonas(passwords: Passwords): readonly ProviderPersona[] {
  return PERSONA_NAMES.map((role) => ({
    subject: role,
    role,
    name: PERSONAS[role],
    email: emailOf(role),
    password: passwords[role],
  }));
}

/** @see RFC 2606 section 2 on `.example` */
export function emailOf(role: PersonaName): string {
  return `${role.toLowerCase()}@sandbox.example`;
}
