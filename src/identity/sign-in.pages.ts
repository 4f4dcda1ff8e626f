import { Controller, Get, HttpCode, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Config } from '../config/config.js';
import { ConcordatError, isConcordatError } from '../kernel/errors.js';
import { traceIdOf } from '../platform/web/trace-id.js';
import { Public } from '../platform/web/access.js';
import { endSession, regenerateSession, saveSession } from '../platform/web/sessions.js';
import { principalOf } from './caller.decorator.js';
import { CountedRefusals } from './counted-refusals.js';
import type { SignedIn } from './oidc.strategy.js';
import { routeOf } from './refusals.service.js';
import { sourceOf } from './request-source.js';
import { rememberIdentity } from './session-identity.js';
import { SignInGuard } from './sign-in.guard.js';
import { SignInService } from './sign-in.service.js';

/** Signing in through the OpenID provider, and out. */
@ApiExcludeController()
@Controller('auth')
export class SignInPages {
  constructor(
    private readonly signIns: SignInService,
    private readonly counted: CountedRefusals,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Get('sign-in')
  @Public()
  @UseGuards(SignInGuard)
  start(): void {
    // The guard sends the person to the provider.
  }

  /** A new session id for the new identity: one planted before is worth nothing. */
  @Get('callback')
  @Public()
  @UseGuards(SignInGuard)
  async finish(@Req() request: Request, @Res() response: Response): Promise<void> {
    const signedIn = request.user as SignedIn | undefined;
    if (!signedIn) {
      throw new ConcordatError('sign_in_failed');
    }
    const source = { ...sourceOf(request, this.config), traceId: traceIdOf(request) };
    await this.signIns.signedIn(signedIn, signedIn.profile, source).catch((error: unknown) => {
      // The provider knows them and this house does not, or no longer.
      if (isConcordatError(error)) {
        this.counted.count('auth.sign-in-failed', error.code, routeOf(request));
      }
      throw error;
    });
    await regenerateSession(request);
    rememberIdentity(request, signedIn);
    await saveSession(request);
    response.redirect(303, signedIn.returnTo);
  }

  @Post('sign-out')
  @HttpCode(303)
  @Public()
  async signOut(@Req() request: Request, @Res() response: Response): Promise<void> {
    const principal = principalOf(request);
    if (principal) {
      await this.signIns.signedOut(principal, traceIdOf(request));
    }
    await endSession(request, response, this.config);
    response.redirect(303, '/');
  }
}
