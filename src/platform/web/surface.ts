/** Which rules a request lives under: programs, the console's pages, static files or the API browser. */
export type Surface = 'machine' | 'console' | 'assets' | 'docs';

/** Everything else is the console, so that a path missing here gains CSRF checks rather than loses them. */
const MACHINE_PATHS = [
  '/api',
  '/oauth',
  '/.well-known',
  '/log',
  '/health',
  '/metrics',
  '/catalog.jsonld',
  '/data.json',
];
const FORM_PATHS = ['/oauth'];
/** Where a table is sent as it is. */
const CSV_PATH = /^\/api\/v1\/organisations\/[^/]+\/datasets\/import\/?$/;
const DOWNLOADS = '/my';

/** @param path the raw pathname, still percent-encoded, as the router matches it. */
export function surfaceOf(path: string): Surface {
  // Express routes match in any case.
  const lower = path.toLowerCase();
  if (isUnder(lower, '/assets')) {
    return 'assets';
  }
  if (isUnder(lower, '/api/docs')) {
    return 'docs';
  }
  return MACHINE_PATHS.some((prefix) => isUnder(lower, prefix)) ? 'machine' : 'console';
}

/** The one media type a body may have here: RFC 7662 and RFC 7009 post forms, as the console does. */
export function bodyTypeOf(path: string): 'json' | 'form' | 'csv' {
  const lower = path.toLowerCase();
  if (CSV_PATH.test(lower)) {
    return 'csv';
  }
  const isForm = FORM_PATHS.some((prefix) => isUnder(lower, prefix));
  return isForm || surfaceOf(path) === 'console' ? 'form' : 'json';
}

/** Console paths whose GET hands out data: only our own pages may lead there. No page belongs under them. */
export function isDownload(path: string): boolean {
  return isUnder(path.toLowerCase(), DOWNLOADS);
}

function isUnder(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}
