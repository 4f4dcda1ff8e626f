import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { Config } from '../config/config.js';
import { Clock } from '../kernel/clock.js';
import { ForeignTokenVerifier } from '../platform/signing/foreign-token.js';
import { JsonClient } from '../platform/signing/json-client.js';
import { RemoteJwks } from '../platform/signing/remote-jwks.js';
import { OidcMetadata, discoverProvider } from './oidc/oidc-discovery.js';
import { OidcGuard } from './oidc.guard.js';
import { OidcStrategy } from './oidc.strategy.js';

/** The OpenID provider: its metadata read once at boot, its keys, and the sign-in strategy. */
@Module({
  imports: [PassportModule],
  providers: [
    {
      provide: OidcMetadata,
      inject: [Config, JsonClient],
      useFactory: (config: Config, client: JsonClient) =>
        discoverProvider(client, config.oidc.issuer),
    },
    {
      provide: ForeignTokenVerifier,
      inject: [OidcMetadata, JsonClient, Clock],
      useFactory: ({ jwksUri }: OidcMetadata, client: JsonClient, clock: Clock) =>
        new ForeignTokenVerifier(new RemoteJwks(jwksUri, client, clock), clock),
    },
    OidcStrategy,
    OidcGuard,
  ],
  exports: [OidcMetadata, ForeignTokenVerifier, OidcGuard],
})
export class OidcModule {}
