import type { Server } from 'node:http';
import type { NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import type { Config } from '../../config/config.js';
import { Database } from '../database/database.js';
import { requestLogger, RootLogger } from '../telemetry/logger.js';
import { Metrics } from '../telemetry/metrics.js';
import { Readiness } from '../telemetry/readiness.js';
import { AccessDeclarations } from './access-declarations.js';
import { serveAssets } from './assets.js';
import { bodyParser } from './body-parser.js';
import { answerClientErrors } from './client-errors.js';
import { csrfGuard } from './csrf.js';
import { OpenApi } from './openapi.js';
import { takeSort } from './pages/table-sort.js';
import { ProblemFilter } from './problem.filter.js';
import { securityHeaders } from './security-headers.js';
import { SessionStore } from './session-store.js';
import { sessions } from './sessions.js';
import { validationPipe } from './validation.js';
import { Views } from './views.js';
import { refuseMalformedUrl } from './well-formed-url.js';

const HEADERS_TIMEOUT_MS = 10_000;
/** For reading one request, body included; answers may take as long as they need. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Above the 60 s of common load balancers, so that they, not we, close idle connections. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const MAX_HEADERS = 100;

/** Pass these to `NestFactory.create` or `createNestApplication`: our body parser replaces Nest's. */
export const HTTP_APP_OPTIONS: NestApplicationOptions = {
  bodyParser: false,
  bufferLogs: true,
  abortOnError: false,
  forceCloseConnections: true,
};

/**
 * Everything global, in the order in which a request meets it. main.ts and the HTTP tests both call this, before `init`
 * or `listen`, so that nothing is off under test.
 */
export function configureApp(app: NestExpressApplication, config: Config): void {
  app.useLogger(app.get(Logger));
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', config.trustedProxies.length > 0 ? [...config.trustedProxies] : false);

  app.use(requestLogger(app.get<RootLogger>(RootLogger)));
  app.use(app.get(Metrics).observeRequests());
  app.use(securityHeaders(config));
  app.use(refuseMalformedUrl);
  app.use(takeSort);
  serveAssets(app);
  app.use(csrfGuard(config));
  app.use(sessions(config, app.get(SessionStore)));
  app.use(bodyParser());

  app.useGlobalPipes(validationPipe);
  app.useGlobalFilters(new ProblemFilter(config, app.get(Views), app.get(AccessDeclarations)));
  app.get(OpenApi).describe(app, config);
  registerReadiness(app);
  app.enableShutdownHooks();
  limitConnections(app.getHttpServer());
}

function registerReadiness(app: NestExpressApplication): void {
  const readiness = app.get(Readiness);
  readiness.register('database', () => app.get(Database).manager.query('SELECT'));
  readiness.register('sessions', () => app.get(SessionStore).ping());
}

function limitConnections(server: Server): void {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.maxHeadersCount = MAX_HEADERS;
  answerClientErrors(server);
}
