import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TEMPLATE_SCRIPT_HASH } from './security-headers.js';

describe('the content security policy', () => {
  it('allows exactly the one inline script of the page template', () => {
    const path = createRequire(import.meta.url).resolve('govuk-frontend/package.json');
    const template = readFileSync(path.replace('package.json', 'dist/govuk/template.njk'), 'utf8');
    const scripts = [...template.matchAll(/<script[^>]*>([^<]+)<\/script>/g)];
    expect(scripts).toHaveLength(1);
    const digest = createHash('sha256')
      .update(scripts[0]?.[1] ?? '')
      .digest('base64');
    expect(TEMPLATE_SCRIPT_HASH).toBe(`sha256-${digest}`);
  });
});
