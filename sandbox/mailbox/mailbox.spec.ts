import { createTransport } from 'nodemailer';
import { findFreeFirstPort, planPorts } from '../ports.js';
import { startMailbox, type Mailbox } from './mailbox.js';

describe('the mailbox of a sandbox', () => {
  let mailbox: Mailbox;

  beforeEach(async () => {
    mailbox = await startMailbox(planPorts(await findFreeFirstPort()));
  });
  afterEach(() => mailbox.close());

  const page = async (): Promise<string> => (await fetch(mailbox.pageUrl)).text();
  const send = (subject: string, text: string): Promise<unknown> =>
    createTransport(mailbox.smtpUrl).sendMail({
      from: 'concordat@example.org',
      to: 'person@example.org',
      subject,
      text,
    });

  it('shows what was sent, newest first', async () => {
    expect(await page()).toContain('No mail yet.');
    await send('First', 'An accreditation ends.');
    await send('Second', 'Two');
    expect(await page()).toMatch(/Second[\s\S]*First[\s\S]*to person@example.org/);
  });

  it.each([
    ['long lines', `${'word '.repeat(60)}end.`],
    ['other alphabets', 'Größe über allem: 5 °C'],
    ['a sign that a mail encodes', 'a = b'],
  ])('shows %s as they were written', async (_, text) => {
    await send('Words', text);
    expect(await page()).toContain(text);
  });

  it('shows markup as text, and lets no script run', async () => {
    await send('<b>Hello</b>', '<script>alert(1)</script>');
    const response = await fetch(mailbox.pageUrl);
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    const html = await response.text();
    expect(html).toContain('&lt;b&gt;Hello&lt;/b&gt;');
    expect(html).not.toContain('<script>');
  });

  it('answers nothing else', async () => {
    expect((await fetch(`${mailbox.pageUrl}/other`)).status).toBe(404);
    expect((await fetch(mailbox.pageUrl, { method: 'POST' })).status).toBe(404);
  });
});
