import type { ShownMail } from './read-mail.js';

/** Every mail, newest first: nothing is sent anywhere from a sandbox. */
export function mailboxPage(mails: readonly ShownMail[]): string {
  const items = mails.map(
    ({ receivedAt, to, subject, text }) =>
      `<article><h2>${escape(subject)}</h2><p>${escape(receivedAt)} to ${escape(to.join(', '))}</p>` +
      `<pre>${escape(text)}</pre></article>`,
  );
  const list = items.length > 0 ? items.join('\n') : '<p>No mail yet.</p>';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sandbox mailbox</title></head>
<body><h1>Sandbox mailbox</h1>
<p>What the broker sent to anybody, newest first. Reload the page for more.</p>
${list}
</body>
</html>
`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
