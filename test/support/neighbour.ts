import { systemClock } from '../../src/kernel/clock.js';
import { londonDay } from '../../src/kernel/london-day.js';
import type { EmptyWorld } from './http-world.js';

/** The subject of an account that a world is given for the officer of a neighbouring council. */
export const NEIGHBOUR = 'neighbour';

/** Brings in a council that shares nothing with anybody, and its officer, whose role two administrators confirm. */
export async function neighbourJoins({ callers, provider }: EmptyWorld): Promise<void> {
  const { admin, admin2 } = callers;
  const { id } = await admin.post<{ readonly id: string }>('/api/v1/organisations', {
    name: 'Neighbouring Council',
    kind: 'borough',
    publicAuthority: true,
  });
  const { approvals } = await admin.post<{
    readonly approvals: readonly { readonly approvalId: string }[];
  }>(`/api/v1/organisations/${id}/memberships`, {
    issuer: provider.issuer,
    subject: NEIGHBOUR,
    name: 'Neighbour',
    email: 'neighbour@sandbox.example',
    position: 'Officer',
    startsOn: londonDay(systemClock.now()),
    roles: ['ig_officer'],
  });
  for (const { approvalId } of approvals) {
    await admin2.post(`/api/v1/approvals/${approvalId}/approve`);
  }
}
