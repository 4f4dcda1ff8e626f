import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import express, { type RequestHandler } from 'express';
import { ConcordatError } from '../../kernel/errors.js';
import { GOVUK_FRONTEND } from './views.js';

/** Own icons, scripts and, after `npm run build:css`, the compiled style sheet. */
const OWN_FILES = join(import.meta.dirname, '..', '..', 'console', 'public');
const GOVUK_SCRIPTS = ['govuk-frontend.min.js', 'govuk-frontend.min.js.map'];
const MAX_AGE_SECONDS = 3600;

/** Static files for everyone: `/assets`, and the scripts of the API browser. */
export function serveAssets(app: NestExpressApplication): void {
  // Static files only: pages answer with what their reader sent, next to what is private (BREACH).
  app.use('/assets', compression());
  app.use('/assets', files(OWN_FILES));
  for (const name of GOVUK_SCRIPTS) {
    app.use(`/assets/${name}`, files(join(GOVUK_FRONTEND, 'govuk', name)));
  }
  app.use('/assets', absent);
  app.use('/api/docs/assets', files(swaggerUiFolder()), absent);
}

function files(path: string): RequestHandler {
  return express.static(path, {
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    setHeaders: (res) => {
      res.setHeader('Cache-Control', `public, max-age=${String(MAX_AGE_SECONDS)}`);
    },
  });
}

const absent: RequestHandler = (_req, _res, next) => {
  next(new ConcordatError('not_found'));
};

/** A dependency of @nestjs/swagger, found as that package finds it. */
function swaggerUiFolder(): string {
  const swagger = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
  return dirname(swagger.resolve('swagger-ui-dist/package.json'));
}
