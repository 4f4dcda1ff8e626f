import { randomUUID } from 'node:crypto';
import type { Clock } from '../kernel/clock.js';
import { Broker, Refusal, type Caller } from './broker.js';
import { proofOf, type ProofKey } from './proof-key.js';

export interface GrantView {
  readonly id: string;
  readonly status: string;
  readonly accessRequestId: string;
  readonly datasetId: string;
  readonly delivery: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly expiresAt: string;
  readonly bytesDelivered: number;
  readonly maxBytes: number | null;
}

interface GrantTokenView {
  readonly id: string;
  readonly delivery: string;
  readonly token: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly tokenExpiresAt: string;
  readonly objectsUrl: string;
  readonly feedUrl: string | null;
}

/** What proofs are made with. */
export interface Prover {
  readonly key: ProofKey;
  readonly clock: Clock;
}

const EARLY_MS = 60_000;
const MAX_GRANTS = 1_000;

/** A grant in use: its token is renewed before it ends, and shown with a proof where it is bound to a key. */
export class Grant implements Caller {
  private renewing: Promise<void> | undefined;

  private constructor(
    private readonly broker: Broker,
    private readonly prover: Prover,
    private held: GrantTokenView,
  ) {}

  /**
   * @param id of a grant, or of an approved access request: then its live grant, or a new one.
   * @throws Refusal
   */
  static async open(broker: Broker, prover: Prover, id: string): Promise<Grant> {
    const known = await findLive(broker, id);
    const held = known ? await refresh(broker, prover, known) : await issue(broker, prover, id);
    return new Grant(broker, prover, held);
  }

  get id(): string {
    return this.held.id;
  }

  get objectsUrl(): string {
    return this.held.objectsUrl;
  }

  get feedUrl(): string | null {
    return this.held.feedUrl;
  }

  async headers(method: string, url: string): Promise<Readonly<Record<string, string>>> {
    if (Date.parse(this.held.tokenExpiresAt) - this.prover.clock.now().getTime() < EARLY_MS) {
      await this.renew();
    }
    const { token, tokenType } = this.held;
    return {
      authorization: `${tokenType} ${token}`,
      ...(tokenType === 'DPoP'
        ? { dpop: proofOf(this.prover.key, this.prover.clock, { method, url, token }) }
        : {}),
    };
  }

  /** One renewal at a time, whoever needs it. */
  renew(): Promise<void> {
    this.renewing ??= refresh(this.broker, this.prover, this.held)
      .then((held) => {
        this.held = held;
      })
      .finally(() => (this.renewing = undefined));
    return this.renewing;
  }
}

async function findLive(broker: Broker, id: string): Promise<GrantView | undefined> {
  const grants = await broker.list<GrantView>('/api/v1/grants', MAX_GRANTS);
  const isLive = ({ status }: GrantView): boolean => status === 'issued' || status === 'active';
  return grants.find((grant) => isLive(grant) && (grant.id === id || grant.accessRequestId === id));
}

function refresh(
  broker: Broker,
  prover: Prover,
  { id, tokenType }: Pick<GrantView, 'id' | 'tokenType'>,
): Promise<GrantTokenView> {
  const path = `/api/v1/grants/${id}/token`;
  return tokenType === 'DPoP'
    ? withProof(broker, prover, path)
    : broker.call<GrantTokenView>('POST', path);
}

// Bound to the key where the agreement asks for it; else the grant may be used in the console too.
async function issue(
  broker: Broker,
  prover: Prover,
  accessRequestId: string,
): Promise<GrantTokenView> {
  const path = '/api/v1/grants';
  const headers = { 'idempotency-key': randomUUID() };
  try {
    return await broker.call<GrantTokenView>('POST', path, { accessRequestId }, headers);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'dpop_required') {
      return withProof(
        broker,
        prover,
        path,
        { accessRequestId },
        { 'idempotency-key': randomUUID() },
      );
    }
    throw error;
  }
}

async function withProof(
  broker: Broker,
  { key, clock }: Prover,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<GrantTokenView> {
  const url = new URL(path, broker.url).href;
  const { authorization = '' } = await broker.callerHeaders('POST', url);
  const token = authorization.slice(authorization.indexOf(' ') + 1);
  const dpop = proofOf(key, clock, { method: 'POST', url, token });
  return broker.call<GrantTokenView>('POST', path, body, { ...headers, dpop });
}
