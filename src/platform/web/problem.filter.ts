import { Catch, Inject, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Config } from '../../config/config.js';
import type { ConcordatError } from '../../kernel/errors.js';
import { problemDocument, toConcordatError } from './problem.js';
import { traceIdOf } from './trace-id.js';
import { Views } from './views.js';

const RETRY_SECONDS: Readonly<Record<number, string>> = { 429: '60', 503: '5' };

/** The one writer of problem documents; pages get the same problem as a page. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Problem');

  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly views: Views,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const error = toConcordatError(thrown);
    this.report(error, request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    this.setHeaders(error, response);
    const problem = problemDocument(error, traceIdOf(request));
    response.status(error.status);
    if (isPage(request)) {
      this.views.render(response, 'problem.njk', { problem });
    } else {
      response.type('application/problem+json').send(JSON.stringify(problem));
    }
  }

  private setHeaders(error: ConcordatError, response: Response): void {
    const retry = RETRY_SECONDS[error.status];
    if (retry !== undefined) {
      response.setHeader('Retry-After', retry);
    }
    if (error.status === 401) {
      const metadata = `${this.config.publicUrl}/.well-known/oauth-protected-resource`;
      response.setHeader('WWW-Authenticate', `Bearer resource_metadata="${metadata}"`);
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

/** A browser's navigation outside the API: it wants a page, not JSON. */
function isPage(request: Request): boolean {
  return !request.path.startsWith('/api/') && request.accepts(['json', 'html']) === 'html';
}
