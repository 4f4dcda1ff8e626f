import { createServer } from 'node:net';
import { once } from 'node:events';
import { Catch, Controller, Get, Req, UseGuards, type ArgumentsHost } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Request, Response } from 'express';
import session from 'express-session';
import { Config } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { OidcGuard } from '../../src/identity/oidc.guard.js';
import { OidcModule } from '../../src/identity/oidc.module.js';
import { ForeignTokenVerifier } from '../../src/platform/signing/foreign-token.js';
import { toConcordatError } from '../../src/platform/web/problem.js';
import { Global, Module } from '@nestjs/common';
import { EgressGuard } from '../../src/platform/object-store/egress-guard.js';
import { JsonClient } from '../../src/platform/signing/json-client.js';
import { testConfig } from './config.js';

@Controller('auth')
@UseGuards(OidcGuard)
class SignInRoutes {
  @Get('sign-in')
  start(): void {
    // The guard redirects.
  }

  @Get('callback')
  finish(@Req() request: Request): unknown {
    return request.user;
  }
}

@Catch()
class CodeFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const error = toConcordatError(thrown);
    host
      .switchToHttp()
      .getResponse<Response>()
      .status(error.status)
      .json({ code: error.code, cause: String(error.cause) });
  }
}

@Global()
@Module({ providers: [EgressGuard, JsonClient], exports: [JsonClient] })
class CallsModule {}

export interface SignInApp {
  readonly config: Config;
  readonly verifier: ForeignTokenVerifier;
  close(): Promise<void>;
}

/** The sign-in of the broker alone, served at `publicUrl`: real strategy, real guard, sessions in memory. */
export async function startSignInApp(
  publicUrl: string,
  issuer: string,
  clientSecret: string,
): Promise<SignInApp> {
  const config = testConfig({ publicUrl, oidc: { issuer, clientId: 'concordat', clientSecret } });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.with(config), CallsModule, OidcModule],
    controllers: [SignInRoutes],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  app.use(session({ secret: 'for tests only', resave: false, saveUninitialized: false }));
  app.useGlobalFilters(new CodeFilter());
  await app.listen(Number(new URL(publicUrl).port), '127.0.0.1');
  return { config, verifier: app.get(ForeignTokenVerifier), close: () => app.close() };
}

/** An address on this machine where nothing listens yet. */
export async function freeOrigin(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}`;
}
