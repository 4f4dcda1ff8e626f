const MAX_LENGTH = 1_024;
const NOWHERE = 'http://nowhere.invalid';

/**
 * Where to go after signing in: a path of this broker, else `/`. A full or scheme-relative URL, which a browser would
 * follow to another host, is never kept.
 */
export function safeReturnPath(path: unknown): string {
  if (typeof path !== 'string' || path.length > MAX_LENGTH || !/^\/[\x21-\x7e]*$/.test(path)) {
    return '/';
  }
  // Browsers read a backslash as a slash.
  if (path.includes('\\') || !URL.canParse(path, NOWHERE)) {
    return '/';
  }
  const url = new URL(path, NOWHERE);
  return url.origin === NOWHERE && url.pathname.startsWith('/') && !url.pathname.startsWith('//')
    ? `${url.pathname}${url.search}${url.hash}`
    : '/';
}
