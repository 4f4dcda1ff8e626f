import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningSandbox } from '../../sandbox/sandbox.js';

const REST_MS = 20;
/** After a call without an answer. */
const RETRY_MS = 100;

/** What the broker said it has done, each by the id of what it was done to. */
export interface Acknowledged {
  readonly issued: Set<string>;
  readonly revoked: Set<string>;
  readonly tokens: Set<string>;
  readonly ended: Set<string>;
}

/**
 * People who go on whatever falls: an answer is remembered, a call without one is not. Calls are answered or refused while
 * a part is away; only what was acknowledged counts.
 */
export class Clients {
  readonly acknowledged: Acknowledged = {
    issued: new Set(),
    revoked: new Set(),
    tokens: new Set(),
    ended: new Set(),
  };
  /** Why the last call had no good answer. */
  lastFault: unknown;
  private isStopping = false;
  private running: Promise<unknown> | undefined;

  constructor(private readonly sandbox: RunningSandbox) {}

  start(): void {
    this.isStopping = false;
    this.running = Promise.all([this.repeat(() => this.grant()), this.repeat(() => this.token())]);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private async repeat(act: () => Promise<void>): Promise<void> {
    while (!this.isStopping) {
      const isDone = await act().then(
        () => true,
        (fault: unknown) => {
          this.lastFault = fault;
          return false;
        },
      );
      await pause(isDone ? REST_MS : RETRY_MS);
    }
  }

  private async grant(): Promise<void> {
    const { researcher } = this.sandbox.callers;
    const { status, body } = await researcher.try<{ id?: string; grantId?: string }>(
      'POST',
      '/api/v1/grants',
      { accessRequestId: this.sandbox.seeded.accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
    if (status === 201 && body.id !== undefined) {
      this.acknowledged.issued.add(body.id);
    }
    // Where an answer was lost, the grant is there all the same: `grant_exists` names it.
    const id = body.id ?? body.grantId;
    if (id === undefined) {
      throw new Error(JSON.stringify(body));
    }
    await researcher.post(`/api/v1/grants/${id}/revoke`, { reason: 'Done.' });
    this.acknowledged.revoked.add(id);
  }

  private async token(): Promise<void> {
    const { researcher } = this.sandbox.callers;
    const { id } = await researcher.post<{ id: string }>(
      '/api/v1/tokens',
      { name: 'Load', scopes: ['grant:read'] },
      { 'idempotency-key': randomUUID() },
    );
    this.acknowledged.tokens.add(id);
    const { status } = await researcher.try('DELETE', `/api/v1/tokens/${id}`);
    if (status === 204) {
      this.acknowledged.ended.add(id);
    }
  }
}
