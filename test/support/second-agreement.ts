import { submitAgreement } from '../../sandbox/seed/agreement.js';
import type { HttpWorld } from './http-world.js';

interface Agreement {
  readonly id: string;
  readonly organisationId: string;
  readonly status: string;
  readonly versionHash: string;
  readonly terms: Readonly<Record<string, unknown>>;
}

/** An agreement like the seeded one, accepted by both dpos and waiting for signatures. */
export async function lockedAgreement(
  { callers, seeded }: HttpWorld,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Agreement> {
  const path = '/api/v1/agreements';
  const model = await callers.owner.get<Agreement>(`${path}/${seeded.agreements[0]?.id ?? ''}`);
  const { id } = await callers.owner.post<Agreement>(path, {
    organisationId: model.organisationId,
    ...model.terms,
    ...changes,
  });
  const { versionHash } = await submitAgreement(callers.owner, id);
  const review = { decision: 'accept', versionHash };
  await callers.dpo.post(`${path}/${id}/reviews`, review);
  return callers.partnerDpo.post<Agreement>(`${path}/${id}/reviews`, review);
}
