import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { IsInt, IsString, MaxLength } from 'class-validator';
import request from 'supertest';
import { ConfigModule } from '../../config/config.module.js';
import { loadConfig } from '../../config/load-config.js';
import { ConcordatError } from '../../kernel/errors.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { AccessDeclarations } from './access-declarations.js';
import { Access, Public, SignedIn, WithGrantToken } from './access.js';
import { configureApp, HTTP_APP_OPTIONS } from './http-app.js';
import { IdempotencyKey } from './idempotency-key.js';
import { PageQueryDto } from './page-query.dto.js';
import { IdParam } from './validation.js';
import { WebModule } from './web.module.js';

const SECRET = 'postgres://app:hunter2@db/concordat';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const config = loadConfig({
  NODE_ENV: 'test',
  PUBLIC_URL: 'https://share.example.org',
  DATABASE_URL: 'postgres://app@db/concordat',
  SESSION_DATABASE_URL: 'postgres://session@db/concordat',
  SECRETS_DATABASE_URL: 'postgres://secrets@db/secrets',
  OIDC_ISSUER: 'https://id.example.org/realm',
  OIDC_CLIENT_ID: 'concordat',
  OIDC_CLIENT_SECRET: 'a-long-enough-secret-value',
  LOG_LEVEL: 'silent',
  LOG_TILES: 'file:///nonexistent/log',
  CONCORDAT_KEK: Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64'),
});

class ThingDto {
  @IsString()
  @MaxLength(10)
  name: string;

  @IsInt()
  size: number;
}

@Controller()
class ThingsApi {
  @Access('thing:create')
  @Post('api/v1/things')
  create(@Body() thing: ThingDto): ThingDto {
    return thing;
  }

  @Public()
  @Get('api/v1/things')
  list(@Query() query: PageQueryDto): PageQueryDto {
    return query;
  }

  @SignedIn()
  @Get('api/v1/things/:id')
  read(@Param('id', IdParam) id: string): { id: string } {
    return { id };
  }

  @Public()
  @Post('api/v1/keys')
  key(@IdempotencyKey('required') key: string): { key: string } {
    return { key };
  }

  @Public()
  @Get('api/v1/failures/:name')
  fail(@Param('name') name: string): never {
    if (name === 'unknown') {
      throw new Error(`cannot connect to ${SECRET}`);
    }
    if (name === 'forged') {
      throw new ConcordatError('conflict', {
        type: 'urn:other',
        title: 'Fine',
        status: 200,
        code: 'ok',
        traceId: 'none',
        taken: 'name',
      });
    }
    if (name === 'database') {
      throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    }
    throw new ConcordatError(name === 'limited' ? 'rate_limited' : 'unauthenticated');
  }

  @Public()
  @Get('pages/mine')
  page(): never {
    throw new ConcordatError('unauthenticated');
  }

  @WithGrantToken()
  @Get('api/v1/objects')
  objects(): { ok: true } {
    return { ok: true };
  }

  @Public()
  @Post('forms')
  form(): { ok: true } {
    return { ok: true };
  }

  @Public()
  @Get('my/objects')
  download(): { ok: true } {
    return { ok: true };
  }
}

@Controller('api/v1')
class ForgottenApi {
  @Get('forgotten')
  read(): string {
    return 'x';
  }
}

@Module({
  imports: [ConfigModule.with(config), SecretsModule, TelemetryModule, WebModule],
  controllers: [ThingsApi],
})
class ThingsModule {}

@Module({ imports: [ThingsModule], controllers: [ForgottenApi] })
class ForgottenModule {}

async function makeApp(module: new () => object): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(module, HTTP_APP_OPTIONS);
  configureApp(app, config);
  return app;
}

describe('a route without a declaration', () => {
  it('stops the boot, which names it (law 2)', async () => {
    const app = await makeApp(ForgottenModule);
    await expect(app.init()).rejects.toThrow('GET /api/v1/forgotten');
    await app.close();
  });
});

describe('the HTTP surface', () => {
  let app: NestExpressApplication;
  const server = () => request(app.getHttpServer());

  beforeAll(async () => {
    app = await makeApp(ThingsModule);
    await app.init();
  });
  afterAll(() => app.close());

  it('lists every route with what it requires', () => {
    const routes = app.get(AccessDeclarations).listRoutes();
    expect(routes.filter(({ path }) => /^\/(api\/v1|forms|my)/.test(path))).toEqual([
      {
        method: 'POST',
        path: '/api/v1/things',
        access: { kind: 'operation', operation: 'thing:create' },
      },
      { method: 'GET', path: '/api/v1/things', access: { kind: 'public' } },
      { method: 'GET', path: '/api/v1/things/:id', access: { kind: 'signed_in' } },
      { method: 'POST', path: '/api/v1/keys', access: { kind: 'public' } },
      { method: 'GET', path: '/api/v1/failures/:name', access: { kind: 'public' } },
      { method: 'GET', path: '/api/v1/objects', access: { kind: 'grant_token' } },
      { method: 'POST', path: '/forms', access: { kind: 'public' } },
      { method: 'GET', path: '/my/objects', access: { kind: 'public' } },
    ]);
  });

  it.each([
    ['an unknown field', { name: 'a', size: 1, colour: 'red' }, '/colour'],
    ['a wrong type', { name: 'a', size: '1' }, '/size'],
    ['a text beyond its bound', { name: 'a'.repeat(11), size: 1 }, '/name'],
    ['a missing field', { size: 1 }, '/name'],
    ['an array in place of the object', [{}], ''],
  ])('answers %s with 422 and where it is (law 12)', async (_what, body, pointer) => {
    const answer = await server().post('/api/v1/things').send(body).expect(422);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ type: 'urn:concordat:problem:input_invalid', status: 422 });
    const errors = (answer.body as { errors: { pointer: string }[] }).errors;
    expect(errors.map((error) => error.pointer)).toContain(pointer);
  });

  it.each([
    ['malformed JSON', 'application/json', '{"name":', 400, 'body_malformed'],
    ['a 10 MB body', 'application/json', `"${'x'.repeat(10_000_000)}"`, 413, 'body_too_large'],
    ['XML', 'application/xml', '<thing/>', 415, 'media_type_unsupported'],
    ['a form', 'application/x-www-form-urlencoded', 'name=a', 415, 'media_type_unsupported'],
  ])('answers %s with its problem', async (_what, type, body, status, code) => {
    const answer = await server().post('/api/v1/things').set('Content-Type', type).send(body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ type: `urn:concordat:problem:${code}`, status });
  });

  it('does not unfold a compressed body', async () => {
    const answer = await server()
      .post('/api/v1/things')
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .send('{}');
    expect(answer.status).toBe(415);
  });

  it.each([
    ['an unknown path', '/api/v1/nothing'],
    ['a NUL in the path', '/api/v1/things/%00'],
    ['a path of 2,000 characters', `/api/v1/things/${'a'.repeat(2000)}`],
    ['an id that is none', '/api/v1/things/1'],
    ['an id in capitals', '/api/v1/things/0190A000-0000-7000-8000-000000000000'],
  ])('answers %s with 404', async (_what, path) => {
    const answer = await server().get(path).expect(404);
    expect(answer.body).toMatchObject({ type: 'urn:concordat:problem:not_found' });
  });

  it('answers a broken percent-encoding with 400', async () => {
    const answer = await server().get('/api/v1/things/%E0%A4%A').expect(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ type: 'urn:concordat:problem:request_malformed' });
  });

  it.each([
    ['PUT', '/api/v1/things', 'POST, GET, HEAD'],
    ['DELETE', '/API/V1/KEYS', 'POST'],
    ['GET', '/forms', 'POST'],
  ] as const)('answers %s %s with 405 and the methods it has', async (method, path, allow) => {
    const answer = await server()[method.toLowerCase() as 'put' | 'delete' | 'get'](path);
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe(allow);
  });

  it('never lets a public field pass for a member of the problem document', async () => {
    const answer = await server().get('/api/v1/failures/forged').expect(409);
    expect(answer.body).toMatchObject({
      type: 'urn:concordat:problem:conflict',
      title: 'Conflicts with what is there',
      status: 409,
      code: 'conflict',
      taken: 'name',
    });
    expect((answer.body as { traceId: string }).traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ['/nothing', 'text/html', /^text\/html/],
    ['/nothing', 'application/json', /^application\/problem\+json/],
    ['/api/v1/nothing', 'text/html', /^application\/problem\+json/],
    ['/API/v1/nothing', 'text/html', /^application\/problem\+json/],
    ['/log/nothing', 'text/html', /^application\/problem\+json/],
  ])('answers a failure at %s to who accepts %s in its form', async (path, accept, type) => {
    const answer = await server().get(path).set('Accept', accept).expect(404);
    expect(answer.headers['content-type']).toMatch(type);
  });

  it('sends a browser that has not signed in to sign-in, and back to the page', async () => {
    const answer = await server().get('/pages/mine?page=2').set('Accept', 'text/html').expect(303);
    expect(answer.headers['location']).toBe('/auth/sign-in?returnTo=%2Fpages%2Fmine%3Fpage%3D2');
  });

  it.each([
    ['0', 422],
    ['1001', 422],
    ['ten', 422],
    ['1000', 200],
  ])('pages by 1 to 1,000: pageSize=%s gives %d', async (pageSize, status) => {
    await server().get('/api/v1/things').query({ pageSize }).expect(status);
  });

  it.each([
    ['absent', undefined, 400],
    ['of 256 characters', 'k'.repeat(256), 400],
    ['with a space', 'a b', 400],
    ['printable', 'a-1', 201],
  ])('takes an Idempotency-Key that is %s accordingly', async (_what, key, status) => {
    const call = server().post('/api/v1/keys');
    await (key === undefined ? call : call.set('Idempotency-Key', key)).expect(status);
  });

  it('answers an unknown error with a bare 500 and the trace id', async () => {
    const answer = await server()
      .get('/api/v1/failures/unknown')
      .set('traceparent', `00-${TRACE}-00f067aa0ba902b7-01`)
      .expect(500);
    expect(answer.body).toMatchObject({ type: 'urn:concordat:problem:internal', traceId: TRACE });
    expect(answer.text).not.toContain('hunter2');
  });

  it('does not believe a malformed traceparent', async () => {
    const answer = await server()
      .get('/api/v1/failures/unknown')
      .set('traceparent', `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`);
    expect((answer.body as { traceId: string }).traceId).toMatch(/^(?!4bf92f35)[0-9a-f]{32}$/);
  });

  it.each([
    ['database', 503, 'retry-after', /^\d+$/],
    ['limited', 429, 'retry-after', /^\d+$/],
    [
      'caller',
      401,
      'www-authenticate',
      /resource_metadata="https:\/\/share\.example\.org\/\.well-known\/oauth-protected-resource"/,
    ],
  ])('sets the header that goes with the %s problem', async (name, status, header, value) => {
    const answer = await server().get(`/api/v1/failures/${name}`).expect(status);
    expect(answer.headers[header]).toMatch(value);
  });

  it.each([
    ['Sec-Fetch-Site', 'same-origin', 201],
    ['Sec-Fetch-Site', 'cross-site', 403],
    ['Sec-Fetch-Site', 'same-site', 403],
    ['Sec-Fetch-Site', 'none', 403],
    ['Origin', 'https://share.example.org', 201],
    ['Origin', 'https://evil.example', 403],
    ['Origin', 'null', 403],
    ['X-Other', 'neither', 403],
  ])('takes a console form with %s: %s accordingly (GD-10)', async (header, value, status) => {
    const answer = await server().post('/forms').set(header, value);
    expect(answer.status).toBe(status);
  });

  it.each(['/my/objects', '/MY/objects', '/My/Objects'])(
    'guards the download %s like a change (GD-10)',
    async (path) => {
      await server().get(path).set('Sec-Fetch-Site', 'cross-site').expect(403);
      await server().get(path).set('Sec-Fetch-Site', 'same-origin').expect(200);
    },
  );

  it('describes both kinds of bearer, and only the machine surface, in OpenAPI', async () => {
    const answer = await server().get('/api/openapi.json').expect(200);
    expect(answer.body).toMatchObject({
      openapi: '3.1.0',
      components: {
        securitySchemes: { bearer: { scheme: 'bearer' }, grant: { scheme: 'bearer' } },
      },
      paths: {
        '/api/v1/objects': { get: { security: [{ grant: [] }] } },
        '/api/v1/things': { post: { security: [{ bearer: [] }] } },
      },
    });
    expect(Object.keys((answer.body as { paths: object }).paths)).not.toContain('/forms');
  });

  it.each([
    ['/api/docs', 'text/html'],
    ['/api/docs/start.js', 'text/javascript'],
    ['/api/docs/assets/swagger-ui.css', 'text/css'],
    ['/assets/images/favicon.svg', 'image/svg+xml'],
    ['/assets/govuk-frontend.min.js', 'text/javascript'],
    ['/health/live', 'application/json'],
    ['/metrics', 'text/plain'],
  ])('serves %s as %s to everyone', async (path, type) => {
    const answer = await server().get(path).expect(200);
    expect(answer.headers['content-type']).toContain(type);
  });

  it('is not ready, and says of what only the name, while it cannot reach its databases', async () => {
    const answer = await server().get('/health/ready').expect(503);
    expect(answer.body).toMatchObject({
      type: 'urn:concordat:problem:service_unavailable',
      checks: { database: 'down', sessions: 'down' },
    });
    expect(answer.text).not.toContain('@db');
  });

  it('sends the headers that keep a browser safe with every answer', async () => {
    for (const path of [
      '/api/v1/things',
      '/nothing',
      '/assets/nothing',
      '/api/v1/things/%E0%A4%A',
    ]) {
      const { headers } = await server().get(path);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['strict-transport-security']).toContain('max-age=63072000');
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });

  it('believes Sec-Fetch-Site over Origin (GD-10)', async () => {
    await server()
      .post('/forms')
      .set('Sec-Fetch-Site', 'cross-site')
      .set('Origin', 'https://share.example.org')
      .expect(403);
  });
});
