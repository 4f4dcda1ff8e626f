import type { ProviderPersona } from './persona.js';

const STYLE = `body{font:18px/1.5 sans-serif;max-width:38em;margin:2em auto;padding:0 1em;color:#0b0c0c}
label{display:block;margin-top:1em;font-weight:bold}input{font:inherit;padding:.4em;width:100%;box-sizing:border-box}
button{font:inherit;margin-top:1.5em;padding:.5em 1em;background:#4b2e83;color:#fff;border:0}
.error{border-left:5px solid #d4351c;padding-left:.8em;color:#942514;font-weight:bold}
table{border-collapse:collapse;margin-top:2em;width:100%}th,td{text-align:left;padding:.3em .6em .3em 0;border-bottom:1px solid #b1b4b6}
:focus{outline:3px solid #fd0;outline-offset:0}`;

export function loginUrl(uid: string): string {
  return `/interaction/${uid}`;
}

/** The sign-in page: plain HTML, no script, nothing from elsewhere. */
export function loginPage(
  uid: string,
  personas: readonly ProviderPersona[],
  retry?: { readonly email: string },
): string {
  const rows = personas.map(
    ({ role, email }) => `<tr><td>${escapeHtml(role)}</td><td>${escapeHtml(email)}</td></tr>`,
  );
  const fault = '<p class="error" role="alert">E-mail or password is not right.</p>';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${retry ? 'Error: ' : ''}Sign in to the sandbox</title><style>${STYLE}</style></head><body><main>
<h1>Sign in to the sandbox</h1>${retry ? fault : ''}
<form method="post" action="${loginUrl(uid)}">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required value="${escapeHtml(retry?.email ?? '')}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button></form>
<table><caption>Accounts of this sandbox; it printed their passwords when it started</caption>
<thead><tr><th scope="col">Role</th><th scope="col">E-mail</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></main></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
