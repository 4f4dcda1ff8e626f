import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import nunjucks from 'nunjucks';
import { londonDay } from '../../kernel/london-day.js';

const govukFolder = join(
  dirname(createRequire(import.meta.url).resolve('govuk-frontend/package.json')),
  'dist',
);

const longDate = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** Server-rendered pages: Nunjucks with autoescape; a missing variable is an error, not an empty space. */
@Injectable()
export class Views {
  private readonly environment: nunjucks.Environment;

  constructor() {
    const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
    this.environment = new nunjucks.Environment(
      new nunjucks.FileSystemLoader([
        folder('./views'),
        folder('../../console/views'),
        govukFolder,
      ]),
      { autoescape: true, throwOnUndefined: false },
    );
    this.environment.addFilter('londonDate', (day: string) => longDate.format(new Date(`${day}T12:00:00Z`)));
    this.environment.addFilter('londonDay', (instant: string) => longDate.format(new Date(`${londonDay(new Date(instant))}T12:00:00Z`)));
  }

  /** Renders and sends. @param model values only: a template never gets a function or an entity. */
  render(response: Response, template: string, model: object): void {
    response.type('html').send(this.environment.render(template, model));
  }
}
