import { ApiClient } from './api-client.js';
import type { PersonaName } from './personas.js';
import type { AccessTokenOptions, SandboxProvider } from './provider/provider.js';

export type Callers = Readonly<Record<PersonaName, ApiClient>>;

/** The API as one persona, who has just signed in: a sign-off takes a sign-in of at most five minutes ago (R3.7). */
export function callerFor(
  publicUrl: string,
  provider: SandboxProvider,
  persona: PersonaName,
  options?: AccessTokenOptions,
): ApiClient {
  return new ApiClient(publicUrl, () => provider.issueAccessToken(persona, options));
}
