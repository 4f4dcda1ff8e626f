import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { loginPage } from './login-page.js';
import { ACR_MFA, ACR_PASSWORD, type ProviderPersona } from './persona.js';

const MAX_FORM_BYTES = 4_096;

interface LoginContext {
  readonly provider: Provider;
  readonly personas: readonly ProviderPersona[];
  readonly publicUrl: string;
}

/** Serves the sign-in page and its answer; the provider does everything else. */
export async function handleLogin(
  { provider, personas, publicUrl }: LoginContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid, params, prompt } = await provider.interactionDetails(request, response);
  // A program on a machine of its own must be let in each time, and has been: by the code, a page before.
  if (prompt.name === 'consent') {
    const given = { consent: {} };
    await provider.interactionFinished(request, response, given, { mergeWithLastSubmission: true });
    return;
  }
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Referrer-Policy', 'no-referrer');
  // Chromium applies form-action to the redirects that follow the form: they end at the broker.
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'self' ${publicUrl}`,
  );
  if (request.method !== 'POST') {
    sendPage(response, 200, loginPage(uid, personas));
    return;
  }
  const form = await readForm(request);
  const email = form.get('email') ?? '';
  const persona = personas.find((candidate) => candidate.email === email.trim().toLowerCase());
  if (!persona || !isSame(form.get('password') ?? '', persona.password)) {
    sendPage(response, 401, loginPage(uid, personas, { email }));
    return;
  }
  const acr = params['acr_values'] === ACR_PASSWORD ? ACR_PASSWORD : ACR_MFA;
  const login = {
    accountId: persona.subject,
    acr,
    amr: acr === ACR_MFA ? ['pwd', 'otp'] : ['pwd'],
  };
  await provider.interactionFinished(request, response, { login });
}

function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(html);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_FORM_BYTES) {
      throw new Error('A sign-in form of more than 4 KiB');
    }
    chunks.push(chunk as Buffer);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
