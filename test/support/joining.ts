import { Browsing } from '../../sandbox/browsing.js';

/** A browser of somebody with an account at the provider of a world, who may be nobody to the broker. */
export class Guest {
  readonly browsing = new Browsing();

  constructor(
    private readonly publicUrl: string,
    private readonly subject: string,
  ) {}

  /** Opens an address of the broker. */
  async open(
    path: string,
  ): Promise<{ readonly url: string; readonly status: number; readonly text: string }> {
    const { url, response } = await this.browsing.follow(this.publicUrl + path);
    return { url, status: response?.status ?? 0, text: (await response?.text()) ?? '' };
  }

  /** Signs in at the provider, and ends where that leads. */
  async signIn(returnTo = '/'): Promise<{ readonly status: number; readonly text: string }> {
    const start = `${this.publicUrl}/auth/sign-in?returnTo=${returnTo}`;
    const page = await this.browsing.follow(start);
    const answer = await this.browsing.send(page.url, {
      email: `${this.subject}@sandbox.example`,
      password: `password of ${this.subject}`,
    });
    const next = new URL(answer.headers.get('location') ?? '', page.url).href;
    const { response } = await this.browsing.follow(next);
    return { status: response?.status ?? 0, text: (await response?.text()) ?? '' };
  }

  /** Presses "Join". @returns the answer, and the code of its problem if it is one. */
  async join(headers: Readonly<Record<string, string>> = {}): Promise<readonly [number, unknown]> {
    const sent = { 'sec-fetch-site': 'same-origin', accept: 'application/json', ...headers };
    const answer = await this.browsing.send(`${this.publicUrl}/invitations/join`, {}, sent);
    const text = await answer.text();
    const isProblem = answer.headers.get('content-type')?.includes('problem+json') === true;
    return [answer.status, isProblem ? (JSON.parse(text) as { code: unknown }).code : text];
  }

  /** Opens the link, signs in and presses "Join". */
  async accept(path: string): Promise<readonly [number, unknown]> {
    await this.open(path);
    await this.signIn('/invitations');
    return this.join();
  }
}
