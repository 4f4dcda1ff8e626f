import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { Public } from '../../platform/web/access.js';
import { Introspection, type Introspected } from './introspection.service.js';
import { formText } from './oauth-form.rules.js';
import { IntrospectionDto, RevocationDto } from './oauth.dto.js';
import { TokenRevocation } from './token-revocation.service.js';

const FORM = 'application/x-www-form-urlencoded';

/** Grant tokens as OAuth's own endpoints see them. Open to all: one asks for a client's proof, the other for the token itself. */
@ApiTags('oauth')
@Controller('oauth')
export class OAuthApi {
  constructor(
    private readonly introspection: Introspection,
    private readonly revocation: TokenRevocation,
  ) {}

  @Public()
  @Post('introspect')
  @HttpCode(200)
  @ApiConsumes(FORM)
  @Header('Cache-Control', 'no-store')
  @ApiBody({ type: IntrospectionDto })
  introspect(@Body() form: unknown): Promise<Introspected> {
    return this.introspection.introspect({
      token: formText(form, 'token'),
      assertionType: formText(form, 'client_assertion_type'),
      assertion: formText(form, 'client_assertion'),
    });
  }

  @Public()
  @Post('revoke')
  @HttpCode(200)
  @ApiConsumes(FORM)
  @Header('Cache-Control', 'no-store')
  @ApiBody({ type: RevocationDto })
  revoke(@Body() form: unknown): Promise<void> {
    return this.revocation.revoke(formText(form, 'token'));
  }
}
