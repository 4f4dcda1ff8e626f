/** A person who may sign in to the sandbox. People are named by their role: none of them is anyone. */
export interface ProviderPersona {
  /** `sub` of the persona's tokens. */
  readonly subject: string;
  readonly role: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** `acr` of a sign-in with two factors: level 2 in the sandbox's ACR_LEVELS. */
export const ACR_MFA = 'urn:concordat:acr:mfa';
/** `acr` of a sign-in with a password alone: level 1. */
export const ACR_PASSWORD = 'urn:concordat:acr:password';
