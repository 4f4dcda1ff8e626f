import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Config } from '../../config/config.js';

/** SHA-256 of the one inline script of govuk-frontend's page template; a test recomputes it. */
export const TEMPLATE_SCRIPT_HASH = 'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw=';

/** The headers of every answer: strict CSP, nothing cached unless a handler says otherwise. */
export function securityHeaders(config: Config): RequestHandler {
  const issuer = new URL(config.oidc.issuer).origin;
  const strict =
    `default-src 'none'; script-src 'self' '${TEMPLATE_SCRIPT_HASH}'; style-src 'self'; img-src 'self'; ` +
    `font-src 'self'; manifest-src 'self'; form-action 'self' ${issuer}; base-uri 'none'; frame-ancestors 'none'`;
  // Swagger UI writes styles into its page and calls the API from it: the one path with a relaxed policy.
  const docs =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
  return (request: Request, response: Response, next: NextFunction) => {
    response.setHeader(
      'Content-Security-Policy',
      request.path === '/api/docs' || request.path.startsWith('/api/docs/') ? docs : strict,
    );
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // Not no-referrer: it makes browsers send `Origin: null` with our own forms, which the CSRF guard must refuse.
    response.setHeader('Referrer-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    response.setHeader('Cache-Control', 'private, no-store');
    if (config.publicUrl.startsWith('https:')) {
      response.setHeader('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
    }
    next();
  };
}
