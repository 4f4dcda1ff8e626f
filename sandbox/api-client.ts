const TIMEOUT_MS = 20_000;

type RequestHeaders = Readonly<Record<string, string>>;

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
}

/** What the broker says when it refuses: a problem document (RFC 9457). */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly [field: string]: unknown;
}

/** A call that should have gone well did not. */
export class ApiError extends Error {
  constructor(
    call: string,
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(`${call} answered ${String(status)}: ${JSON.stringify(problem)}`);
  }
}

export type Tokens = () => Promise<string>;

/** The broker's API as one caller: nothing but HTTP, as any program of a partner would use it. */
export class ApiClient {
  constructor(
    readonly publicUrl: string,
    private readonly tokens: Tokens,
  ) {}

  /** @throws ApiError for anything but 2xx. */
  async get<T>(path: string): Promise<T> {
    return this.demand<T>('GET', path);
  }

  /** @throws ApiError for anything but 2xx. */
  async post<T>(path: string, body: unknown = {}, headers: RequestHeaders = {}): Promise<T> {
    return this.demand<T>('POST', path, body, headers);
  }

  /** The header that says which state of a thing was read. */
  async ifMatch(path: string): Promise<RequestHeaders> {
    const response: Response = await this.fetch(path);
    await response.body?.cancel();
    return { 'if-match': response.headers.get('etag') ?? '' };
  }

  /** The answer as it is, also when it is a refusal. */
  async try<T = Problem>(
    method: string,
    path: string,
    body?: unknown,
    headers: RequestHeaders = {},
  ): Promise<Answer<T>> {
    const response: Response = await this.fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
  }

  /** The raw response, for bytes. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) {
      headers.set('authorization', `Bearer ${await this.tokens()}`);
    }
    return fetch(new URL(path, this.publicUrl), { ...init, headers, redirect: 'manual' });
  }

  private async demand<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: RequestHeaders = {},
  ): Promise<T> {
    const answer = await this.try<T>(method, path, body, headers);
    if (answer.status < 200 || answer.status > 299) {
      throw new ApiError(`${method} ${path}`, answer.status, answer.body as Problem);
    }
    return answer.body;
  }
}
