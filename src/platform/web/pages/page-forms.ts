import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { canonicalJson } from '../../../kernel/canonical-json.js';
import { isConcordatError, type ConcordatError, type ErrorCode } from '../../../kernel/errors.js';
import { saveSession } from '../sessions.js';
import { Views } from '../views.js';
import { failureOf, type FormFailure, type FormLabels } from './form-failure.js';
import type { FormFields } from './form-input.js';
import { leaveNotice } from './notices.js';

/** Where a form leads once it has done what it is for. */
export interface Done {
  readonly location: string;
  /** What the next page says was done. */
  readonly notice?: string;
}

/** A page in place of a way on: of what is shown once, and kept by nothing. */
interface Shown {
  readonly template: string;
  readonly model: object;
}

/** A form of a page. */
export interface PageForm {
  readonly template: string;
  readonly labels: FormLabels;
  /** What came with the request; of a page that is only looked at, what its fields hold. */
  readonly typed: FormFields;
  /** Fields whose value goes back to no page. */
  readonly secrets?: readonly string[];
  /** Where in the whole the form's fields stand, when it is a part of something: `parties.0`. */
  readonly place?: string;
  /** The path that shows the form: where a stronger sign-in leads back to. */
  readonly path: string;
  /** What the page shows besides: read anew when it is shown again. */
  model(): Promise<object> | object;
  act(): Promise<Done | Shown>;
}

/** These are not about what was typed: they get a page of their own. */
const NO_FAULT_OF_THE_FORM = new Set<ErrorCode>([
  'unauthenticated',
  'not_found',
  'operation_denied',
  'rate_limited',
  'csrf_refused',
]);

/** Shows forms, does what they ask, and gives a refused one back with everything that was typed. */
@Injectable()
export class PageForms {
  constructor(private readonly views: Views) {}

  /** The page with its form, as nobody has sent it yet. */
  async show(response: Response, form: Omit<PageForm, 'act' | 'path' | 'place'>): Promise<void> {
    const { template, labels, typed } = form;
    this.views.render(response, template, { ...(await form.model()), labels, ...unsent(typed) });
  }

  /** Does it and leads on (303), or shows the page again, with what is wrong. */
  async answer(request: Request, response: Response, form: PageForm): Promise<void> {
    try {
      const done = await form.act();
      if ('template' in done) {
        this.views.render(response, done.template, done.model);
        return;
      }
      const { location, notice } = done;
      if (notice !== undefined) {
        leaveNotice(request, notice);
        await saveSession(request);
      }
      response.redirect(303, location);
    } catch (error) {
      if (!isConcordatError(error) || !isOfTheForm(error)) {
        throw error;
      }
      const { template, labels } = form;
      const failure = refusalOf(error, form);
      const model = await form.model();
      response.status(error.status);
      this.views.render(response, template, { ...model, labels, ...failure });
    }
  }
}

/**
 * The Idempotency-Key of a form: the same page sent twice does its work once, and a page that was gone back to and changed
 * is another one.
 */
export function submissionKey(form: FormFields): string {
  return createHash('sha256')
    .update(canonicalJson(present(form)))
    .digest('base64url');
}

function present(form: FormFields): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : [...value]]],
    ),
  );
}

function unsent(typed: FormFields): FormFailure {
  return { errors: [], errorOf: {}, typed };
}

function isOfTheForm({ code, status }: ConcordatError): boolean {
  return status < 500 && !NO_FAULT_OF_THE_FORM.has(code);
}

function refusalOf(error: ConcordatError, { labels, path, secrets = [], ...form }: PageForm) {
  const typed = Object.fromEntries(
    Object.entries(form.typed).filter(([name]) => !secrets.includes(name)),
  );
  if (error.code !== 'step_up_required') {
    return failureOf(error, labels, typed, form.place);
  }
  const href = `/auth/sign-in?level=2&returnTo=${encodeURIComponent(path)}`;
  return { ...unsent(typed), errors: [{ text: error.message, href }] };
}
