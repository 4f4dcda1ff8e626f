import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import nunjucks from 'nunjucks';
import { formatDay, formatInstant } from './date-filters.js';
import type { Block } from './pages/blocks.js';
import { takeNotice } from './pages/notices.js';
import { sortTables } from './pages/table-sort.js';

/** The folder of the slices, in `src` and in `dist/src` alike; templates are named from here. */
const TEMPLATES = join(import.meta.dirname, '..', '..');
/** govuk-frontend's own folder of templates, scripts and styles. */
export const GOVUK_FRONTEND = join(
  dirname(createRequire(import.meta.url).resolve('govuk-frontend/package.json')),
  'dist',
);
/** The Ministry of Justice's parts on top of it. */
const MOJ_FRONTEND = dirname(
  createRequire(import.meta.url).resolve('@ministryofjustice/frontend/package.json'),
);

/** Where templates are looked for, in this order. */
export const TEMPLATE_FOLDERS: readonly string[] = [TEMPLATES, GOVUK_FRONTEND, MOJ_FRONTEND];

/** Who the header of a page says is signed in. */
export interface Account {
  readonly name: string;
  readonly organisation: string;
  /** Where they choose another of their organisations; absent with one alone. */
  readonly changeHref?: string;
}

/** A place that every page leads to. */
export interface NavigationItem {
  readonly text: string;
  readonly href: string;
  /** The page lies there. */
  readonly active: boolean;
}

/** What the head of a page says and offers to its reader. */
export interface Header {
  readonly account: Account | undefined;
  readonly navigation: readonly NavigationItem[];
}

/** Renders the console's pages. */
@Injectable()
export class Views {
  private readonly environment: nunjucks.Environment;
  private headerFor: (request: Request) => Header = () => ({ account: undefined, navigation: [] });

  constructor() {
    this.environment = new nunjucks.Environment(
      // Compiled once: compiling a page and all that it is made of takes ten times as long as rendering it.
      new nunjucks.FileSystemLoader([...TEMPLATE_FOLDERS]),
      {
        autoescape: true,
        // govuk-frontend's macros read parameters that callers leave out, so undefined cannot be an error.
        throwOnUndefined: false,
        // Of a long table, a third is the spaces that its template was laid out with.
        trimBlocks: true,
        lstripBlocks: true,
      },
    );
    this.environment.addFilter('day', formatDay);
    this.environment.addFilter('instant', formatInstant);
    this.environment.addGlobal('serviceName', 'Concordat');
    this.environment.addGlobal('assetPath', '/assets');
    this.environment.addGlobal('newSubmission', randomUUID);
  }

  /** Called once, by the slice that knows people: every page names its reader, error pages too. */
  headPagesBy(headerFor: (request: Request) => Header): void {
    this.headerFor = headerFor;
  }

  /** @param template named from `src`: `agreements/views/list.njk`. Values are escaped unless marked safe. */
  renderText(template: string, model: object): string {
    return this.environment.render(template, model);
  }

  /** Answers with a page. Set the status before, when it is not 200. */
  render(res: Response, template: string, model: object): void {
    const head = { ...this.headerFor(res.req), notice: takeNotice(res.req) };
    res.type('text/html').send(this.renderText(template, { ...head, ...sorted(model, res.req) }));
  }
}

function sorted(model: object, request: Request): object {
  return 'blocks' in model
    ? { ...model, blocks: sortTables(model.blocks as readonly Block[], request) }
    : model;
}
