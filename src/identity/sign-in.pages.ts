import { Controller, Get, HttpCode, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Config } from '../config/config.js';
import { ConcordatError, isConcordatError } from '../kernel/errors.js';
import { traceIdOf } from '../platform/web/trace-id.js';
import { Public } from '../platform/web/access.js';
import { endSession } from '../platform/web/sessions.js';
import { principalOf } from './caller.decorator.js';
import { CountedRefusals } from './counted-refusals.js';
import type { SignedIn } from './oidc.strategy.js';
import { routeOf } from './refusals.service.js';
import { SignInGuard } from './sign-in.guard.js';
import { SignInSessions } from './sign-in-sessions.js';
import { SignInService } from './sign-in.service.js';

/** Signing in through the OpenID provider, and out. */
@ApiExcludeController()
@Controller('auth')
export class SignInPages {
  constructor(
    private readonly signIns: SignInService,
    private readonly sessions: SignInSessions,
    private readonly counted: CountedRefusals,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Get('sign-in')
  @Public()
  @UseGuards(SignInGuard)
  start(): void {
    // The guard sends the person to the provider.
  }

  @Get('callback')
  @Public()
  @UseGuards(SignInGuard)
  async finish(@Req() request: Request, @Res() response: Response): Promise<void> {
    const signedIn = request.user as SignedIn | undefined;
    if (!signedIn) {
      throw new ConcordatError('sign_in_failed');
    }
    await this.sessions.finish(request, signedIn).catch((error: unknown) => {
      // The provider knows them and this house does not, or no longer.
      if (isConcordatError(error)) {
        this.counted.count('auth.sign-in-failed', error.code, routeOf(request));
      }
      throw error;
    });
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
