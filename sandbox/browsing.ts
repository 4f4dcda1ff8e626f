/** Follows redirects and keeps cookies, one jar per host and port: as much of a browser as signing in needs. */
export class Browsing {
  private readonly jars = new Map<string, Map<string, string>>();

  /** One request; redirects are the caller's to follow. */
  async send(
    url: string,
    form?: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.jars.get(origin) ?? new Map<string, string>();
    this.jars.set(origin, jar);
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { ...extra, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form as Record<string, string>) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      const isCleared = /expires=Thu, 01 Jan 1970/i.test(cookie);
      if (isCleared) {
        jar.delete(pair.slice(0, at));
      } else {
        jar.set(pair.slice(0, at), pair.slice(at + 1));
      }
    }
    return response;
  }

  /** Follows redirects until an answer is none, or until the next address starts with `stopAt`, which is returned. */
  async follow(url: string, stopAt?: string): Promise<{ url: string; response?: Response }> {
    let next = url;
    for (let hops = 0; hops < 10; hops += 1) {
      if (stopAt !== undefined && next.startsWith(stopAt)) {
        return { url: next };
      }
      const response = await this.send(next);
      const location = response.headers.get('location');
      if (location === null) {
        return { url: next, response };
      }
      next = new URL(location, next).href;
    }
    throw new Error('Ten redirects and no end');
  }
}
