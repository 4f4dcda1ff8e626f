import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/kernel/clock.js';
import { londonDay } from '../../src/kernel/london-day.js';
import { COLLECTIONS } from '../seed-data/collections.js';
import type { RunningSandbox } from '../sandbox.js';
import {
  approveRequest,
  OTHER_PURPOSE,
  RESEARCH_PURPOSE,
  submitRequest,
} from '../seed/research.js';
import type { Agreement } from '../seed/agreement.js';
import { showProof } from './proof.js';
import type { Narrator } from './narrator.js';
import { digestAtPartner } from './partner-file.js';
import { listObjects, readObject, readSlowly, type IssuedGrant } from './reading.js';

/** The last line of `npm run demo -- --json`. */
export interface DemoResult {
  readonly ok: boolean;
  readonly publicUrl: string;
  readonly grantId: string;
  readonly agreementId: string;
  /** The event of the grant's issue. */
  readonly eventId: string;
  readonly sha256: string;
  readonly refusedReason: string;
  readonly revokedCutMs: number;
  readonly log: { readonly url: string; readonly vkey: string };
}

interface AuditEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly outcome: string | null;
}

/** What follows the seed: a grant, a download, a refusal, a revocation, and the trail of it all. */
export async function demonstrate(
  sandbox: RunningSandbox,
  narrator: Narrator,
): Promise<DemoResult> {
  const agreementId = sandbox.seeded.agreements[0]?.id ?? '';
  const grant = await issue(sandbox, sandbox.seeded.accessRequestId);
  narrator.say('The researcher asks for a grant: every check passes, and a token is signed');
  narrator.note(`grant ${grant.id}, ${grant.delivery}, until ${grant.expiresAt}`);
  const sha256 = await download(sandbox, grant, narrator);
  const refusedReason = await showRefusal(sandbox, agreementId, narrator);
  const cut = await showRevocation(sandbox, agreementId, narrator);
  const events = await showTrail(sandbox, agreementId, narrator);
  await showProof(sandbox, grant.id, narrator);
  const eventId = await eventOf(sandbox, grant.id);
  const expected = ['agreement.activated', 'request.refused', 'grant.issued', 'grant.revoked'];
  const missing = expected.filter((type) => !events.some((event) => event.type === type));
  if (missing.length > 0) {
    throw new Error(`The audit trail lacks ${missing.join(', ')}`);
  }
  return {
    ok: true,
    publicUrl: sandbox.publicUrl,
    grantId: grant.id,
    agreementId,
    eventId,
    sha256,
    refusedReason,
    revokedCutMs: cut,
    log: sandbox.log,
  };
}

async function issue({ callers }: RunningSandbox, accessRequestId: string): Promise<IssuedGrant> {
  return callers.researcher.post<IssuedGrant>(
    '/api/v1/grants',
    { accessRequestId },
    { 'idempotency-key': randomUUID() },
  );
}

async function download(
  { callers, stores }: RunningSandbox,
  grant: IssuedGrant,
  narrator: Narrator,
): Promise<string> {
  const objects = await listObjects(callers.researcher, grant);
  const [object] = [...objects].sort((a, b) => b.size - a.size);
  const [store] = stores;
  if (!object || !store) {
    throw new Error('The grant lists no object');
  }
  const { sha256, size } = await readObject(callers.researcher, object, grant.token);
  const atPartner = await digestAtPartner(store, COLLECTIONS.stopSearch.prefix + object.name);
  if (sha256 !== atPartner) {
    throw new Error(`${object.name} is ${sha256} here and ${atPartner} at the partner`);
  }
  narrator.say(`The researcher lists ${String(objects.length)} objects and reads the largest`);
  narrator.note(`${object.name}, ${String(size)} bytes, SHA-256 ${sha256}: as at the partner`);
  return sha256;
}

async function showRefusal(
  sandbox: RunningSandbox,
  agreementId: string,
  narrator: Narrator,
): Promise<string> {
  const { callers, seeded } = sandbox;
  const agreement = await callers.researcher.get<Agreement>(`/api/v1/agreements/${agreementId}`);
  const { status, decisions } = await submitRequest(
    { callers, today: londonDay(systemClock.now()) },
    {
      projectId: seeded.projectId,
      datasetId: datasetTitled(sandbox, 'Boundaries'),
      agreement,
      purpose: OTHER_PURPOSE,
    },
  );
  const reason = decisions[0]?.reason;
  if (status !== 'refused' || reason === undefined) {
    throw new Error(`A purpose outside the agreement was not refused: ${status}`);
  }
  narrator.say('The researcher asks for a purpose that the agreement does not have: refused');
  narrator.note(reason);
  return reason;
}

async function showRevocation(
  sandbox: RunningSandbox,
  agreementId: string,
  narrator: Narrator,
): Promise<number> {
  const { callers, seeded } = sandbox;
  const agreement = await callers.researcher.get<Agreement>(`/api/v1/agreements/${agreementId}`);
  const accessRequestId = await approveRequest(
    { callers, today: londonDay(systemClock.now()), say: narrator.say },
    {
      projectId: seeded.projectId,
      datasetId: datasetTitled(sandbox, 'Hourly air quality'),
      agreement,
      purpose: RESEARCH_PURPOSE,
    },
  );
  const grant = await issue(sandbox, accessRequestId);
  const objects = await listObjects(callers.researcher, grant);
  const [largest] = [...objects].sort((a, b) => b.size - a.size);
  if (!largest) {
    throw new Error('The grant lists no object');
  }
  const reading = await readSlowly(callers.researcher, largest, grant.token);
  await reading.flowing;
  const revokedAt = performance.now();
  reading.hurry();
  await callers.owner.post(`/api/v1/grants/${grant.id}/revoke`, {
    reason: 'The demo shows that a revocation reaches a running download.',
  });
  const { at, received } = await reading.cut;
  const cutMs = Math.round(at - revokedAt);
  narrator.say(
    'The data owner revokes a grant while its researcher is reading: the download is cut',
  );
  narrator.note(
    `${String(received)} of ${String(largest.size)} bytes had come when it ended, ${String(cutMs)} ms after the request to revoke`,
  );
  const { status } = await callers.researcher.try('GET', largest.url, undefined, {
    authorization: `Bearer ${grant.token}`,
  });
  if (status < 400) {
    throw new Error(`A revoked grant still reads: ${String(status)}`);
  }
  narrator.note(`The same request again: ${String(status)}`);
  return cutMs;
}

async function showTrail(
  { callers }: RunningSandbox,
  agreementId: string,
  narrator: Narrator,
): Promise<readonly AuditEvent[]> {
  const { items } = await callers.officer.get<{ items: readonly AuditEvent[] }>(
    `/api/v1/audit/events?agreementId=${agreementId}&pageSize=200`,
  );
  const events = [...items].sort((a, b) => a.occurredAt.localeCompare(b.occurredAt));
  narrator.say(
    `The officer reads the audit trail of the agreement: ${String(events.length)} events`,
  );
  for (const { occurredAt, type, outcome } of events) {
    narrator.note(`${occurredAt}  ${type}${outcome === 'refused' ? '  (refused)' : ''}`);
  }
  return events;
}

async function eventOf({ callers }: RunningSandbox, grantId: string): Promise<string> {
  const { items } = await callers.officer.get<{ items: readonly AuditEvent[] }>(
    `/api/v1/audit/events?grantId=${grantId}&type=grant.issued`,
  );
  const [event] = items;
  if (!event) {
    throw new Error('The grant has no event');
  }
  return event.id;
}

function datasetTitled({ seeded }: RunningSandbox, start: string): string {
  return seeded.datasets.find(({ title }) => title.startsWith(start))?.id ?? '';
}
