import { ClientError, EXIT } from './client-error.js';
import { isObject } from './json.js';

const TIMEOUT_MS = 60_000;

/** How one request says who makes it. */
export interface Caller {
  headers(method: string, url: string): Promise<Readonly<Record<string, string>>>;
}

/** The broker's API, as JSON. */
export class Broker {
  /** @throws ClientError for an address without TLS that is not on this machine. */
  constructor(
    readonly url: string,
    private readonly caller: Caller,
  ) {
    requireSafe(url);
  }

  /** Of a request that somebody proves something about. */
  callerHeaders(method: string, url: string): Promise<Readonly<Record<string, string>>> {
    return this.caller.headers(method, url);
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  /** Every item of a list, page by page, at most `most`. */
  async list<T>(path: string, most: number): Promise<readonly T[]> {
    const items: T[] = [];
    let token: string | null = null;
    do {
      const joint = path.includes('?') ? '&' : '?';
      const next: string = token === null ? '' : `${joint}pageToken=${encodeURIComponent(token)}`;
      const page: { items: T[]; nextPageToken: string | null } = await this.get(path + next);
      items.push(...page.items);
      token = page.nextPageToken;
    } while (token !== null && items.length < most);
    return items.slice(0, most);
  }

  /** @throws ClientError with the exit code that the refusal stands for. */
  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const url = new URL(path, this.url).href;
    const answer = await fetch(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
        ...(await this.caller.headers(method, url)),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) {
      throw await refusalOf(answer);
    }
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }
}

/** Tokens go over TLS, or nowhere but to this machine, as to a sandbox. */
export function requireSafe(address: string): void {
  const url = URL.parse(address);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal(url.hostname));
  if (!isSafe) {
    throw new ClientError(EXIT.usage, `${address} is no https address`);
  }
}

function isLocal(hostname: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

/** A refusal of the broker, with the code that its problem document names. */
export class Refusal extends ClientError {
  constructor(
    readonly status: number,
    readonly code: string | undefined,
    message: string,
  ) {
    super(exitCodeOf(status), message);
  }
}

/** What an answer that is none says, in one line. */
export async function refusalOf(answer: Response): Promise<Refusal> {
  const problem: unknown = await answer.json().catch(() => undefined);
  if (!isObject(problem)) {
    return new Refusal(answer.status, undefined, `The answer has status ${String(answer.status)}`);
  }
  const { code, title, detail, errors } = problem;
  const fields = Array.isArray(errors)
    ? errors.map((error: unknown) =>
        isObject(error) ? `${String(error['pointer'])} ${String(error['reason'])}` : '',
      )
    : [];
  const words = [title, detail, ...fields].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  const name = typeof code === 'string' ? code : undefined;
  return new Refusal(answer.status, name, `${name ?? String(answer.status)}: ${words.join('. ')}`);
}

function exitCodeOf(status: number): ClientError['exitCode'] {
  if (status === 401) {
    return EXIT.notSignedIn;
  }
  return status >= 400 && status < 500 ? EXIT.refused : EXIT.failed;
}
