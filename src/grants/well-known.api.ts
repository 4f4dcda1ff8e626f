import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Config } from '../config/config.js';
import { Public } from '../platform/web/access.js';
import { Signing } from '../platform/signing/signing.service.js';
import { INTROSPECTION_PATH } from './oauth/introspection.service.js';
import { DETAIL_TYPE } from './grant-token.rules.js';

/** RFC 9728: which tokens this resource takes, and who issues them. */
interface ResourceMetadata {
  readonly resource: string;
  readonly resource_name: string;
  readonly authorization_servers: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly jwks_uri: string;
  /** Of this broker's own tokens: RFC 8414 names, beside the members of RFC 9728. */
  readonly introspection_endpoint: string;
  readonly introspection_endpoint_auth_methods_supported: readonly string[];
  readonly revocation_endpoint: string;
  readonly authorization_details_types_supported: readonly string[];
  readonly dpop_signing_alg_values_supported: readonly string[];
}

/** What programs look up before they call: public keys and the metadata of the protected resource. */
@ApiExcludeController()
@Controller('.well-known')
export class WellKnownApi {
  constructor(
    private readonly signing: Signing,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Public()
  @Get('jwks.json')
  @Header('Cache-Control', 'public, max-age=300')
  jwks(): ReturnType<Signing['jwks']> {
    return this.signing.jwks();
  }

  @Public()
  @Get('oauth-protected-resource')
  resource(): ResourceMetadata {
    return this.metadata('');
  }

  /** The resource that grant tokens are for: their audience. */
  @Public()
  @Get('oauth-protected-resource/api/v1/grants')
  grants(): ResourceMetadata {
    return this.metadata('/api/v1/grants');
  }

  private metadata(path: string): ResourceMetadata {
    const { publicUrl, oidc } = this.config;
    return {
      resource: `${publicUrl}${path}`,
      resource_name: 'Concordat',
      authorization_servers: [oidc.issuer],
      bearer_methods_supported: ['header'],
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      introspection_endpoint: `${publicUrl}${INTROSPECTION_PATH}`,
      introspection_endpoint_auth_methods_supported: ['private_key_jwt'],
      revocation_endpoint: `${publicUrl}/oauth/revoke`,
      authorization_details_types_supported: [DETAIL_TYPE],
      dpop_signing_alg_values_supported: ['ES256'],
    };
  }
}
