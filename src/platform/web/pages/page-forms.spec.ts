import type { Request, Response } from 'express';
import { ConcordatError } from '../../../kernel/errors.js';
import type { Views } from '../views.js';
import { PageForms, submissionKey, type PageForm } from './page-forms.js';

describe('a form of a page', () => {
  const rendered: { template: string; model: Record<string, unknown> }[] = [];
  const sent: unknown[] = [];
  const session = {
    save: (done: () => void) => {
      done();
    },
  } as Record<string, unknown>;
  const request = { session } as unknown as Request;
  const response = {
    status: (status: number) => sent.push(status),
    redirect: (status: number, to: string) => sent.push([status, to]),
  } as unknown as Response;
  const views = {
    render: (_: unknown, template: string, model: Record<string, unknown>) =>
      rendered.push({ template, model }),
  } as unknown as Views;
  const forms = new PageForms(views);
  const form = (act: PageForm['act']): PageForm => ({
    template: 'form.njk',
    labels: { name: 'Name' },
    typed: { name: 'Footfall', key: 'hidden' },
    secrets: ['key'],
    path: '/stores/new?a=b',
    model: () => ({ title: 'A store' }),
    act,
  });

  beforeEach(() => {
    rendered.length = 0;
    sent.length = 0;
  });

  it('leads on when it has done what it is for, and says so once', async () => {
    const act = () => Promise.resolve({ location: '/stores/1', notice: 'Registered' });
    await forms.answer(request, response, form(act));
    expect(sent).toEqual([[303, '/stores/1']]);
    expect(session['notice']).toBe('Registered');
  });

  it('comes back with what is wrong and what was typed, but with no secret', async () => {
    const errors = [{ pointer: '/name', reason: 'name must be shorter' }];
    const act = () => Promise.reject(new ConcordatError('input_invalid', { errors }));
    await forms.answer(request, response, form(act));
    expect(sent).toEqual([422]);
    expect(rendered[0]?.model).toEqual({
      title: 'A store',
      labels: { name: 'Name' },
      typed: { name: 'Footfall' },
      errors: [{ text: 'Name must be shorter', href: '#name' }],
      errorOf: { name: { text: 'Name must be shorter' } },
    });
  });

  it('leads to a stronger sign-in, and from there back to itself', async () => {
    const act = () => Promise.reject(new ConcordatError('step_up_required'));
    await forms.answer(request, response, form(act));
    expect(rendered[0]?.model['errors']).toEqual([
      {
        text: 'Sign in again with two factors.',
        href: '/auth/sign-in?level=2&returnTo=%2Fstores%2Fnew%3Fa%3Db',
      },
    ]);
  });

  it.each(['not_found', 'operation_denied', 'rate_limited', 'store_failed'] as const)(
    'has no page for what is no fault of the form: %s',
    async (code) => {
      const act = () => Promise.reject(new ConcordatError(code));
      await expect(forms.answer(request, response, form(act))).rejects.toMatchObject({ code });
      expect(rendered).toEqual([]);
    },
  );

  it('is the same act when it is sent twice, and another one when it was changed', () => {
    const first = submissionKey({ submission: 'a', name: 'Footfall' });
    expect(submissionKey({ name: 'Footfall', submission: 'a' })).toBe(first);
    expect(submissionKey({ submission: 'a', name: 'Footfall 2' })).not.toBe(first);
    expect(submissionKey({ submission: 'b', name: 'Footfall' })).not.toBe(first);
  });
});
