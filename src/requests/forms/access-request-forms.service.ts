import { Inject, Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { AccessRequestDrafting } from '../access-request-drafting.service.js';
import { AccessRequestGate } from '../access-request-gate.js';
import type { AccessRequestView } from '../access-request.view.js';
import type { AccessRequestFormDto } from './access-request-form.dto.js';

/** The requests that one form made, each with its own owner's decision. */
export interface AccessRequestFormView {
  readonly formId: string;
  readonly requests: readonly AccessRequestView[];
}

/** One form, several owners: each decides on their own request. */
@Injectable()
export class AccessRequestForms {
  // eslint-disable-next-line max-params -- what a slice needs, and ids
  constructor(
    private readonly database: Database,
    private readonly gate: AccessRequestGate,
    private readonly drafting: AccessRequestDrafting,
    private readonly authorisation: Authorisation,
    private readonly idempotency: Idempotency,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** A draft for each item, or none. */
  async create(
    principal: Principal,
    dto: AccessRequestFormDto,
    key?: string,
  ): Promise<AccessRequestFormView> {
    const { personId } = principal;
    this.authorisation.require(principal, 'access_request:create', {
      organisationIds: [],
      personId,
    });
    const body = {
      ...dto,
      fiveSafes: { ...dto.fiveSafes },
      items: dto.items.map((item) => ({ ...item })),
    };
    const call = { principalId: personId, route: 'POST access-request-forms', key, body };
    const formId = await this.database.transaction((tx) =>
      this.idempotency.once(tx, call, () => this.insert(tx, principal, dto)),
    );
    return this.get(principal, formId);
  }

  /** @throws ConcordatError `not_found` when the caller may read none of its requests. */
  async get(principal: Principal, formId: string): Promise<AccessRequestFormView> {
    const requests = await this.gate.readForm(principal, formId);
    if (requests.length === 0) {
      throw new ConcordatError('not_found');
    }
    return { formId, requests };
  }

  private async insert(
    tx: Tx,
    principal: Principal,
    { items, ...common }: AccessRequestFormDto,
  ): Promise<string> {
    const formId = this.ids.next();
    for (const [at, item] of items.entries()) {
      const asked = { ...common, ...item, formId };
      await this.drafting.insert(tx, principal, asked, { item: `/items/${String(at)}` });
    }
    return formId;
  }
}
