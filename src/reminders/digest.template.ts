import type { DigestLine } from './reminders.repository.js';

const MAX_LINES = 200;

const dayInWords = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** The one e-mail of a day: what comes up and when, and where to act on it. */
export function digestMail(
  lines: readonly DigestLine[],
  publicUrl: string,
): { readonly subject: string; readonly text: string } {
  const count = lines.length === 1 ? '1 date comes up' : `${String(lines.length)} dates come up`;
  const shown = lines
    .slice(0, MAX_LINES)
    .map(({ dueOn, about }) => `  ${inWords(dueOn)}: ${about}`);
  const left = lines.length - shown.length;
  const rest = left > 0 ? [`  and ${String(left)} more`] : [];
  const text = [
    'These dates come up. What ends on them gives no access afterwards.',
    '',
    ...shown,
    ...rest,
    '',
    `Sign in to act on them: ${publicUrl}/`,
    '',
    'You get this because it is about you, or because you are responsible for it in your organisation.',
    '',
  ].join('\n');
  return { subject: `Concordat: ${count}`, text };
}

function inWords(day: string): string {
  return dayInWords.format(new Date(`${day}T00:00:00Z`));
}
