import { Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { ImpactPreview } from './impact-preview.service.js';
import { ImpactRepository } from './impact.repository.js';
import { guarded, STOPPING, type ImpactQuestion, type ImpactType } from './impact.rules.js';

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

/** If this stops, what ends, and for whom? Asked by whoever may stop it. */
@Injectable()
export class ImpactService {
  constructor(
    private readonly database: Database,
    private readonly repository: ImpactRepository,
    private readonly authorisation: Authorisation,
    private readonly previews: ImpactPreview,
  ) {}

  /** @throws ConcordatError `operation_denied` or `not_found`, as the act that would stop it answers. */
  async of(principal: Principal, question: ImpactQuestion): Promise<ImpactOfView> {
    const { manager } = this.database;
    const { type } = question;
    const subject = await this.previews.find(manager, question);
    if (!subject) {
      throw new ConcordatError('not_found');
    }
    for (const resource of guarded(type, subject)) {
      this.authorisation.require(principal, STOPPING[type], resource);
    }
    const { affected, isComplete } = await this.previews.of(manager, question, subject);
    const personIds = [...new Set(affected.map(({ personId }) => personId))];
    const pseudonyms = await this.repository.pseudonymsOf(manager, personIds);
    return {
      ...question,
      isComplete,
      affected: affected.map(({ personId, ...rest }) => ({
        ...rest,
        pseudonym: pseudonyms.get(personId) ?? null,
      })),
      people: [...pseudonyms.values()].sort(),
    };
  }
}
