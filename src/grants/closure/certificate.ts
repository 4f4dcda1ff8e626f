import { createHash } from 'node:crypto';
import type { Principal } from '../../identity/principal.js';
import { canonicalJson } from '../../kernel/canonical-json.js';
import type { CertificateDto } from './closure.dto.js';
import type { ClosureEntity } from './closure.entity.js';

/** `typ` of the JWS by which the broker says who attested a certificate. */
export const CERTIFICATE_TYPE = 'concordat-closure';

/** A certificate as it is kept and signed. */
export interface SealedCertificate {
  /** Canonical JSON (RFC 8785). */
  readonly text: string;
  /** `sha-256:` and the digest of the text. */
  readonly hash: string;
  /** Canonical JSON to sign: small whatever the number of objects, as a sign-off names a version by its hash (R3.6). */
  readonly payload: Buffer;
}

/** Who attests, in which position of the organisation that owes it, and when. */
export function sealCertificate(
  closure: Pick<
    ClosureEntity,
    'id' | 'projectId' | 'agreementId' | 'organisationId' | 'providerId'
  >,
  { objects, ...rest }: CertificateDto,
  principal: Principal,
  attestedAt: Date,
): SealedCertificate {
  const { id: closureId, projectId, agreementId, organisationId, providerId } = closure;
  const membership = principal.memberships.find((held) => held.organisationId === organisationId);
  const attester = {
    personId: principal.personId,
    iss: principal.issuer,
    sub: principal.subject,
    name: principal.name,
    position: membership?.position ?? null,
  };
  const text = canonicalJson({
    v: 1,
    closureId,
    projectId,
    agreementId,
    organisationId,
    providerId,
    ...rest,
    objects: objects.map(({ name, sha256 }) => ({ name, sha256 })),
    name: principal.name,
    position: attester.position,
  });
  const hash = `sha-256:${createHash('sha256').update(text).digest('hex')}`;
  const payload = canonicalJson({
    v: 1,
    closureId,
    agreementId,
    hash,
    attester,
    auth: { acr: principal.acr, amr: [...principal.amr], level: principal.authLevel },
    attestedAt: attestedAt.toISOString(),
  });
  return { text, hash, payload: Buffer.from(payload) };
}
