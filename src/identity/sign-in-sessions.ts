import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../config/config.js';
import { Clock } from '../kernel/clock.js';
import { isConcordatError } from '../kernel/errors.js';
import { regenerateSession, saveSession } from '../platform/web/sessions.js';
import { traceIdOf } from '../platform/web/trace-id.js';
import { joiningOf, rememberJoining, type Joining } from './joining.js';
import type { PersonProfile } from './oidc/id-token.js';
import type { SignedIn } from './oidc.strategy.js';
import type { AuthenticatedIdentity } from './principal.js';
import { sourceOf } from './request-source.js';
import { rememberIdentity } from './session-identity.js';
import { SignInService } from './sign-in.service.js';

const SAYS_NOTHING: PersonProfile = { name: null, email: null };

/** Console sessions of people. Each begins with a new id: one planted before is worth nothing. */
@Injectable()
export class SignInSessions {
  constructor(
    private readonly signIns: SignInService,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * The end of a sign-in. Somebody nobody knows gets a session all the same when this browser has opened an invitation: it
   * opens nothing but that.
   * @throws ConcordatError `person_not_registered` or `person_suspended`: there is no session then.
   */
  async finish(request: Request, signedIn: SignedIn): Promise<void> {
    const joining = joiningOf(request, this.clock.now());
    const { profile } = signedIn;
    try {
      await this.record(request, signedIn, profile);
    } catch (error) {
      if (!joining || !isConcordatError(error, 'person_not_registered')) {
        throw error;
      }
    }
    await this.renew(request, signedIn, joining && { ...joining, profile });
  }

  /** Begins the session of somebody who has become known since their sign-in. */
  async begin(
    request: Request,
    identity: AuthenticatedIdentity,
    profile: PersonProfile | undefined,
  ): Promise<void> {
    await this.record(request, identity, profile);
    await this.renew(request, identity);
  }

  /** A new session id for the same person, who may do more than before. */
  async renew(request: Request, identity: AuthenticatedIdentity, joining?: Joining): Promise<void> {
    const { organisationId } = request.session;
    await regenerateSession(request);
    rememberIdentity(request, identity);
    if (organisationId !== undefined) {
      // Whoever signed in more strongly works on where they were; it counts for members of it alone.
      request.session.organisationId = organisationId;
    }
    if (joining) {
      rememberJoining(request, joining);
    }
    await saveSession(request);
  }

  private async record(
    request: Request,
    identity: AuthenticatedIdentity,
    profile = SAYS_NOTHING,
  ): Promise<void> {
    const source = { ...sourceOf(request, this.config), traceId: traceIdOf(request) };
    await this.signIns.signedIn(identity, profile, source);
  }
}
