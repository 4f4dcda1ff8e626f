import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { principalOf } from '../../identity/caller.decorator.js';
import { joiningOf, rememberJoining } from '../../identity/joining.js';
import { sessionIdentity } from '../../identity/session-identity.js';
import { SignInRate } from '../../identity/sign-in-rate.js';
import { SignInSessions } from '../../identity/sign-in-sessions.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Public } from '../../platform/web/access.js';
import { saveSession } from '../../platform/web/sessions.js';
import { Views } from '../../platform/web/views.js';
import { InvitationAcceptance } from './invitation-acceptance.service.js';
import { invitationDigest } from './invitation.rules.js';
import { presentInvitation } from './invitation.presenter.js';

const PAGE = '/invitations';

/**
 * Accepting an invitation in the browser. The link's token is in one request only: its digest goes into the session, and the
 * browser on to a page without it, so that no history, referrer or log keeps it (ADR 0054).
 */
@ApiExcludeController()
@Controller('invitations')
export class InvitationPages {
  constructor(
    private readonly acceptance: InvitationAcceptance,
    private readonly sessions: SignInSessions,
    private readonly rate: SignInRate,
    private readonly views: Views,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get()
  @Public()
  async show(@Req() request: Request, @Res() response: Response): Promise<void> {
    const invitation = await this.acceptance.read(this.digestOf(request));
    const guest = sessionIdentity(request) && this.guestOf(request);
    const page = presentInvitation(invitation, guest);
    this.views.render(response, 'organisations/invitations/views/invitation.njk', page);
  }

  /** Asks the database nothing: whether there is such an invitation, the page without the token says. */
  @Get(':token')
  @Public()
  async open(
    @Param('token') token: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.rate.require(request);
    const digest = invitationDigest(token);
    if (digest) {
      const openedAt = this.clock.now().getTime();
      rememberJoining(request, { digest: digest.toString('hex'), openedAt });
      await saveSession(request);
    }
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.redirect(303, PAGE);
  }

  @Post('join')
  @HttpCode(303)
  @Public()
  async join(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.rate.require(request);
    const digest = this.digestOf(request);
    const identity = sessionIdentity(request);
    if (!identity) {
      response.redirect(303, PAGE);
      return;
    }
    const { profile } = this.guestOf(request);
    await this.acceptance.accept(digest, { identity, profile });
    // Known before: there was no sign-in to record, and there is more to do in the session.
    await (principalOf(request)
      ? this.sessions.renew(request, identity)
      : this.sessions.begin(request, identity, profile));
    response.redirect(303, '/');
  }

  private guestOf(request: Request) {
    return { profile: joiningOf(request, this.clock.now())?.profile };
  }

  private digestOf(request: Request): Buffer {
    const joining = joiningOf(request, this.clock.now());
    if (!joining) {
      throw new ConcordatError('not_found', {
        detail: 'No invitation is open in this browser. Open the link of its mail, once more.',
      });
    }
    return Buffer.from(joining.digest, 'hex');
  }
}
