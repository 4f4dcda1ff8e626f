import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../../audit/audit.service.js';
import { Config } from '../../../config/config.js';
import { actorFields } from '../../../identity/actor.js';
import { Authorisation } from '../../../identity/authorisation.service.js';
import type { Principal } from '../../../identity/principal.js';
import { ConcordatError } from '../../../kernel/errors.js';
import { Database, type Tx } from '../../../platform/database/database.js';
import { ReconciliationRepository, type Row } from './reconciliation.repository.js';
import {
  RECONCILIATION_PARTS,
  type PartPosition,
  type ReconciliationPart,
  type ReconciliationQuestion,
  type Sight,
  type StoreReading,
} from './reconciliation.types.js';

/** Who asks, by which route. */
export interface Asking {
  readonly principal: Principal;
  readonly route: string;
  readonly traceId: string;
}

export type FirstPages = { readonly [P in ReconciliationPart]: readonly Row<P>[] };

/** Where the caller is an officer, and whose facts that shows. */
interface Office {
  readonly organisationId: string;
  readonly sees: Sight;
}

/** Question 7: what was issued but unused, or read without a grant? Asking it is an event. */
@Injectable()
export class Reconciliation {
  constructor(
    private readonly database: Database,
    private readonly repository: ReconciliationRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** The stores, and one page of each part. @param limit one more than is shown. */
  async all(
    asking: Asking,
    question: ReconciliationQuestion,
    limit: number,
  ): Promise<{ readonly stores: readonly StoreReading[]; readonly parts: FirstPages }> {
    return this.read(asking, question, async (tx, sees) => {
      const { accessLogLagSeconds: lagSeconds } = this.config;
      const stores = await this.repository.stores(tx, question, sees, lagSeconds);
      const pages: Partial<Record<ReconciliationPart, readonly unknown[]>> = {};
      for (const part of RECONCILIATION_PARTS) {
        const asked = { question, sees, lagSeconds, after: null, limit };
        pages[part] = await this.repository.page(tx, part, asked);
      }
      const parts = pages as FirstPages;
      const count = Object.values(parts).reduce((sum, rows) => sum + rows.length, 0);
      return { answer: { stores, parts }, count };
    });
  }

  /** One page of one part. */
  async part<P extends ReconciliationPart>(
    asking: Asking,
    question: ReconciliationQuestion,
    part: P,
    page: { readonly after: PartPosition | null; readonly limit: number },
  ): Promise<readonly Row<P>[]> {
    return this.read(asking, question, async (tx, sees) => {
      const { accessLogLagSeconds: lagSeconds } = this.config;
      const asked = { question, sees, lagSeconds, ...page };
      const answer = await this.repository.page(tx, part, asked);
      return { answer, count: answer.length };
    });
  }

  /** The reading's event commits before anything is answered. */
  private async read<T>(
    { principal, route, traceId }: Asking,
    question: ReconciliationQuestion,
    work: (tx: Tx, sees: Sight) => Promise<{ readonly answer: T; readonly count: number }>,
  ): Promise<T> {
    const office = this.officeOf(principal);
    return this.database.transaction(async (tx) => {
      const { answer, count } = await work(tx, office.sees);
      await this.audit.record(tx, 'audit.searched', {
        ...actorFields(principal, office.organisationId),
        organisationIds: [office.organisationId],
        route,
        count,
        reasonCodes: filtersOf(question),
        traceId,
      });
      return answer;
    });
  }

  // R5.8: an officer of a party sees what names it; the operator's see all.
  private officeOf(principal: Principal): Office {
    const isOfficer = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'audit:read', { organisationIds });
    const operator = principal.memberships.find(({ isOperator }) => isOperator);
    if (operator && isOfficer([])) {
      return { organisationId: operator.organisationId, sees: null };
    }
    const sees = principal.memberships
      .map(({ organisationId }) => organisationId)
      .filter((id) => isOfficer([id]));
    const [organisationId] = sees;
    if (organisationId === undefined) {
      throw new ConcordatError('operation_denied', { operation: 'audit:read' });
    }
    return { organisationId, sees };
  }
}

function filtersOf({ from, to, datasetId, storeId }: ReconciliationQuestion): readonly string[] {
  return [
    ...(datasetId === null ? [] : [`datasetId=${datasetId}`]),
    ...(storeId === null ? [] : [`storeId=${storeId}`]),
    `from=${from.toISOString()}`,
    `to=${to.toISOString()}`,
  ];
}
