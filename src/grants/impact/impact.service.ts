import { Inject, Injectable } from '@nestjs/common';
import { Cascade, PREVIEW_LIMIT, type Affected } from '../../cascade/cascade.service.js';
import type { Cause } from '../../cascade/cause.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import { Supervision } from '../../organisations/people/supervision.service.js';
import { Database } from '../../platform/database/database.js';
import { ImpactRepository } from './impact.repository.js';
import {
  causeOf,
  guarded,
  STOPPING,
  type ImpactQuestion,
  type ImpactType,
} from './impact.rules.js';

/** What would end now if this stopped; people by pseudonym (R5.7). */
export interface ImpactOfView {
  readonly type: ImpactType;
  readonly id: string;
  readonly part: string | null;
  /** False when there is more than the view holds. */
  readonly isComplete: boolean;
  readonly affected: readonly {
    readonly kind: string;
    readonly id: string;
    readonly pseudonym: string | null;
    readonly organisationId: string;
    readonly datasetId: string;
  }[];
  /** Whom it concerns, each once. */
  readonly people: readonly string[];
}

/** Question 9 of the audit: if this stops, what ends, and for whom? The preview and the act ask the same cascade (R3.26). */
@Injectable()
export class ImpactService {
  // eslint-disable-next-line max-params -- what a slice needs, and the two sides of a cascade
  constructor(
    private readonly database: Database,
    private readonly repository: ImpactRepository,
    private readonly authorisation: Authorisation,
    private readonly cascade: Cascade,
    private readonly supervision: Supervision,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `operation_denied` or `not_found`, as the act that would stop it answers. */
  async of(principal: Principal, question: ImpactQuestion): Promise<ImpactOfView> {
    const { manager } = this.database;
    const { type } = question;
    const today = londonDay(this.clock.now());
    const subject = await this.repository.findSubject(manager, question, today);
    if (!subject) {
      throw new ConcordatError('not_found');
    }
    for (const resource of guarded(type, subject)) {
      this.authorisation.require(principal, STOPPING[type], resource);
    }
    const affected = await this.affectedBy(causeOf(question, subject));
    const personIds = [...new Set(affected.map(({ personId }) => personId))];
    const pseudonyms = await this.repository.pseudonymsOf(manager, personIds);
    return {
      ...question,
      isComplete: affected.length < PREVIEW_LIMIT,
      affected: affected.map(({ personId, ...rest }) => ({
        ...rest,
        pseudonym: pseudonyms.get(personId) ?? null,
      })),
      people: [...pseudonyms.values()].sort(),
    };
  }

  // Each thing once, whatever ends it.
  private async affectedBy(cause: Cause): Promise<readonly Affected[]> {
    const { manager } = this.database;
    const byId = new Map<string, Affected>();
    for (const one of [cause, ...(await this.supervision.lapsesAfter(manager, cause))]) {
      for (const affected of await this.cascade.preview(manager, one)) {
        byId.set(affected.id, affected);
      }
    }
    return [...byId.values()].slice(0, PREVIEW_LIMIT);
  }
}
