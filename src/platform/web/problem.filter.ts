import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Config } from '../../config/config.js';
import { ConcordatError, type ErrorCode } from '../../kernel/errors.js';
import { accessOf, type AccessDeclarations } from './access-declarations.js';
import { problemDocument, toConcordatError } from './problem.js';
import { surfaceOf } from './surface.js';
import { traceIdOf } from './trace-id.js';
import type { Views } from './views.js';

const RETRY_SECONDS: Readonly<Record<string, string>> = {
  429: '60',
  503: '5',
  receipt_pending: '2',
};

const GRANTS = '/api/v1/grants';
const SIGN_IN = '/auth/sign-in';

/** The one writer of problem documents; pages get the same problem as a page. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Problem');

  constructor(
    private readonly config: Config,
    private readonly views: Views,
    private readonly routes: AccessDeclarations,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const error = this.methodError(thrown, request, response) ?? toConcordatError(thrown);
    this.report(error, request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    this.setHeaders(error, request, response);
    const problem = problemDocument(error, traceIdOf(request));
    response.status(error.status);
    if (isPage(request)) {
      if (error.code === 'unauthenticated' && request.method === 'GET') {
        response.redirect(303, signInUrl(request));
        return;
      }
      this.views.render(response, 'platform/web/views/problem.njk', { problem });
    } else {
      response.type('application/problem+json').send(JSON.stringify(problem));
    }
  }

  // The router answers 404 to a method that the path lacks; only it, not a handler, throws Nest's own 404.
  private methodError(
    thrown: unknown,
    request: Request,
    response: Response,
  ): ConcordatError | undefined {
    if (!(thrown instanceof HttpException) || thrown.getStatus() !== 404) {
      return undefined;
    }
    const methods = this.routes.methodsOf(request.path);
    if (methods.length === 0) {
      return undefined;
    }
    response.setHeader('Allow', methods.join(', '));
    return new ConcordatError('method_not_allowed', {}, { cause: thrown });
  }

  private setHeaders(error: ConcordatError, request: Request, response: Response): void {
    const retry = RETRY_SECONDS[error.code] ?? RETRY_SECONDS[error.status];
    if (retry !== undefined) {
      response.setHeader('Retry-After', retry);
    }
    if (error.status === 401) {
      // Grant tokens have an audience of their own, so theirs is another resource than the rest of the API.
      const resource = accessOf(request)?.kind === 'grant_token' ? GRANTS : '';
      const metadata = `${this.config.publicUrl}/.well-known/oauth-protected-resource${resource}`;
      response.setHeader('WWW-Authenticate', challenge(error.code, metadata));
    }
  }

  // The caller's own mistakes are in the access log already; what broke in the house is an error with its cause.
  private report(error: ConcordatError, request: Request): void {
    if (error.status >= 500) {
      this.log.error({
        msg: error.message,
        code: error.code,
        traceId: traceIdOf(request),
        err: error.cause ?? error,
      });
    }
  }
}

/** Where a page that needs a caller sends one who has not signed in, or no longer is; sign-in checks the way back. */
function signInUrl(request: Request): string {
  return `${SIGN_IN}?returnTo=${encodeURIComponent(request.originalUrl)}`;
}

/** A browser's navigation outside the API: it wants a page, not JSON. */
function isPage(request: Request): boolean {
  return surfaceOf(request.path) === 'console' && request.accepts(['json', 'html']) === 'html';
}

/** @see RFC 9728 section 5.1; RFC 9449 section 7.1 */
function challenge(code: ErrorCode, metadata: string): string {
  const resource = `resource_metadata="${metadata}"`;
  switch (code) {
    case 'dpop_required':
      return `DPoP algs="ES256", ${resource}`;
    case 'dpop_proof_invalid':
      return `DPoP error="invalid_dpop_proof", algs="ES256", ${resource}`;
    default:
      return `Bearer ${resource}`;
  }
}
