import { Browsing } from './browsing.js';
import { emailOf, type PersonaName } from './personas.js';

/** What came back for a page. */
export interface VisitedPage {
  readonly status: number;
  readonly html: string;
  /** Where it leads, when it leads on. */
  readonly location: string | undefined;
}

const PAGE = { accept: 'text/html' };

/** Somebody who is signed in to the console, without a browser: what is sent and what comes back. */
export class PageVisitor {
  private readonly browsing = new Browsing();

  private constructor(private readonly publicUrl: string) {}

  static async signedIn(
    publicUrl: string,
    persona: PersonaName,
    password: string,
  ): Promise<PageVisitor> {
    const visitor = new PageVisitor(publicUrl);
    const { browsing } = visitor;
    const page = await browsing.follow(`${publicUrl}/auth/sign-in`);
    const answer = await browsing.send(page.url, { email: emailOf(persona), password });
    await browsing.follow(new URL(answer.headers.get('location') ?? '', page.url).href);
    return visitor;
  }

  /** @param site what a browser says of where it came from: downloads are for our own pages alone. */
  async get(path: string, site = 'none'): Promise<VisitedPage> {
    const headers = { ...PAGE, 'sec-fetch-site': site };
    return pageOf(await this.browsing.send(this.publicUrl + path, undefined, headers));
  }

  /** Sends a form as a browser does from our own page. @param fields several values of a name stand as a list. */
  async post(
    path: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<VisitedPage> {
    const form = Object.entries(fields).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    const headers = { ...PAGE, 'sec-fetch-site': 'same-origin' };
    return pageOf(await this.browsing.send(this.publicUrl + path, form, headers));
  }
}

async function pageOf(response: Response): Promise<VisitedPage> {
  return {
    status: response.status,
    html: await response.text(),
    location: response.headers.get('location') ?? undefined,
  };
}
