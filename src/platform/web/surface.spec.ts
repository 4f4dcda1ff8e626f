import { bodyTypeOf, isDownload, surfaceOf } from './surface.js';

describe('the surface of a path', () => {
  it.each([
    ['/', 'console', 'form'],
    ['/api/v1/grants', 'machine', 'json'],
    ['/API/V1/GRANTS', 'machine', 'json'],
    ['/api', 'machine', 'json'],
    ['/apiary', 'console', 'form'],
    ['/api/docs', 'docs', 'json'],
    ['/Api/Docs/start.js', 'docs', 'json'],
    ['/oauth/introspect', 'machine', 'form'],
    ['/.well-known/jwks.json', 'machine', 'json'],
    ['/log/checkpoint', 'machine', 'json'],
    ['/api/v1/organisations/1/datasets/import', 'machine', 'csv'],
    ['/API/v1/Organisations/1/datasets/IMPORT/', 'machine', 'csv'],
    ['/api/v1/organisations/1/datasets/export', 'machine', 'json'],
    ['/api/v1/organisations/1/2/datasets/import', 'machine', 'json'],
    ['/login', 'console', 'form'],
    ['/health/live', 'machine', 'json'],
    ['/data.json', 'machine', 'json'],
    ['/catalog.jsonld', 'machine', 'json'],
    ['/Assets/init.js', 'assets', 'json'],
    // Not decoded, as the router does not: these are no paths of the API.
    ['/%61pi/v1/grants', 'console', 'form'],
    ['//api/v1/grants', 'console', 'form'],
  ])('%s is %s and takes %s', (path, surface, body) => {
    expect(surfaceOf(path)).toBe(surface);
    expect(bodyTypeOf(path)).toBe(body);
  });

  it.each([
    ['/my/grants/1/objects/a', true],
    ['/MY/grants/1/objects/a', true],
    ['/my', true],
    ['/myth', false],
    ['/api/v1/my/x', false],
  ])('%s is a download: %s', (path, is) => {
    expect(isDownload(path)).toBe(is);
  });
});
