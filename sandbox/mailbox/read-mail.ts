/** A mail as the mailbox page shows it. */
export interface ShownMail {
  readonly receivedAt: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

type Words = Readonly<Record<'subject' | 'text', string>>;

/** Subject and words of the single-part plain-text mails that the broker sends. */
export function readMail(source: string): Words {
  const end = /\r?\n\r?\n/.exec(source);
  const head = end ? source.slice(0, end.index) : source;
  const body = end ? source.slice(end.index + end[0].length) : '';
  const headers = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const valueOf = (name: string): string =>
    headers
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  return {
    subject: valueOf('subject'),
    text: decode(body, valueOf('content-transfer-encoding').toLowerCase()),
  };
}

function decode(body: string, encoding: string): string {
  switch (encoding) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable': {
      const joined = body.replace(/=\r?\n/g, '');
      const bytes = joined.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      return Buffer.from(bytes, 'latin1').toString('utf8');
    }
    default:
      return body;
  }
}
