import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actorFields } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { officeFields } from '../../identity/deputy.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { Signing } from '../../platform/signing/signing.service.js';
import { CERTIFICATE_TYPE, sealCertificate } from './certificate.js';
import { aboutClosure } from './closure-event.js';
import type { CertificateDto, CloseDto } from './closure.dto.js';
import type { ClosureEntity } from './closure.entity.js';
import { checkCertificate, moveClosure, type ClosureStatus } from './closure.rules.js';
import {
  toClosureDetailView,
  toClosureView,
  type ClosureDetailView,
  type ClosureView,
} from './closure.view.js';
import { ClosuresRepository } from './closures.repository.js';

/** Certificates of destruction or return: who owes one, attests one, and finds it good. */
@Injectable()
export class ClosuresService {
  // eslint-disable-next-line max-params -- what a slice needs, the signature and the clock
  constructor(
    private readonly database: Database,
    private readonly closures: ClosuresRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly signing: Signing,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async get(principal: Principal, id: string): Promise<ClosureDetailView> {
    const closure = this.visible(principal, await this.closures.find(this.database.manager, id));
    return toClosureDetailView(closure, this.clock.now());
  }

  /** What the caller's organisations owe or are owed. */
  async list(
    principal: Principal,
    filter: { readonly agreementId: string | null; readonly status: ClosureStatus | null },
    after: string | null,
    limit: number,
  ): Promise<readonly ClosureView[]> {
    const mayRead = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'closure:read', { organisationIds });
    const own = principal.memberships.map(({ organisationId }) => organisationId);
    const organisationIds = mayRead([]) ? null : own.filter((id) => mayRead([id]));
    const now = this.clock.now();
    const rows = await this.closures.list(
      this.database.manager,
      { ...filter, organisationIds },
      now,
      after,
      limit,
    );
    return rows.map((row) => toClosureView(row, now));
  }

  /** @param agreementId of which the closure must be, or it is absent. */
  async close(
    principal: Principal,
    agreementId: string,
    dto: CloseDto,
  ): Promise<ClosureDetailView> {
    const found = await this.closures.find(this.database.manager, dto.closureId);
    const { id, projectId } = this.visible(
      principal,
      found?.agreementId === agreementId ? found : null,
    );
    await this.database.transaction(async (tx) => {
      // An issue under the project waits for it or is waited for: nobody attests what is being fetched.
      await takeLocks(tx, 'exclusive', [{ kind: 'project', id: projectId }]);
      const closure = this.visible(principal, await this.closures.findLocked(tx, id));
      await (dto.certificate !== undefined && dto.act === 'attest'
        ? this.attest(tx, principal, closure, dto.certificate)
        : this.verify(tx, principal, closure, dto.certificateHash));
    });
    return this.get(principal, id);
  }

  private async attest(
    tx: Tx,
    principal: Principal,
    closure: ClosureEntity,
    certificate: CertificateDto,
  ): Promise<void> {
    this.require(principal, 'closure:attest', closure.organisationId);
    const now = this.clock.now();
    const status = moveClosure(closure.status, 'attest');
    if (await this.closures.isInUse(tx, closure, now)) {
      const detail = 'The project has a live grant under this agreement.';
      throw new ConcordatError('transition_not_allowed', {
        from: closure.status,
        move: 'attest',
        detail,
      });
    }
    checkCertificate(certificate, await this.closures.usedFor(tx, closure), londonDay(now));
    const sealed = sealCertificate(closure, certificate, principal, now);
    // Signed before COMMIT: a certificate that nobody can prove is none.
    const jws = await this.signing.sign('signoff', CERTIFICATE_TYPE, sealed.payload);
    const auditEventId = await this.audit.record(tx, 'closure.attested', {
      ...actorFields(principal, closure.organisationId),
      ...aboutClosure(closure),
      delegationId: this.authorisation.delegationFor(principal, 'closure:attest', {
        organisationIds: [closure.organisationId],
      }),
      afterHash: sealed.hash,
    });
    await this.closures.update(tx, closure.id, {
      status,
      certificate: sealed.text,
      certificateHash: sealed.hash,
      jws,
      attestedBy: principal.personId,
      attestedAt: now,
      auditEventId,
    });
  }

  private async verify(
    tx: Tx,
    principal: Principal,
    closure: ClosureEntity,
    certificateHash: string | undefined,
  ): Promise<void> {
    this.require(principal, 'closure:verify', closure.providerId);
    const status = moveClosure(closure.status, 'verify');
    if (closure.attestedBy === principal.personId) {
      const detail = 'Another person must verify what you attested.';
      throw new ConcordatError('operation_denied', { detail });
    }
    if (closure.certificateHash !== certificateHash) {
      const reason = 'is not the hash of the certificate';
      throw new ConcordatError('input_invalid', {
        errors: [{ pointer: '/certificateHash', reason }],
      });
    }
    const auditEventId = await this.audit.record(tx, 'closure.verified', {
      ...actorFields(principal, closure.providerId),
      ...aboutClosure(closure),
      ...officeFields(principal, closure.providerId, 'dpo'),
      afterHash: certificateHash,
    });
    await this.closures.update(tx, closure.id, {
      status,
      verifiedBy: principal.personId,
      verifiedAt: this.clock.now(),
      auditEventId,
    });
  }

  private require(principal: Principal, operation: Operation, organisationId: string): void {
    if (!this.authorisation.allows(principal, operation, { organisationIds: [organisationId] })) {
      throw new ConcordatError('operation_denied', { operation });
    }
  }

  // Both sides see it; to everybody else it is absent.
  private visible(principal: Principal, closure: ClosureEntity | null): ClosureEntity {
    if (!closure) {
      throw new ConcordatError('not_found');
    }
    const { organisationId, providerId } = closure;
    const organisationIds = [organisationId, providerId];
    this.authorisation.require(principal, 'closure:read', { organisationIds });
    return closure;
  }
}
