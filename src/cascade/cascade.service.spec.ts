import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { Cascade, type Affected, type CascadeHandler } from './cascade.service.js';
import { CAUSE_CODES, type Cause, type CauseCode } from './cause.js';

const NO_TX = {} as Tx;
const STOPPED: Cause = { code: 'project_closed', projectId: 'p' };
const FROZEN: Cause = { code: 'dataset_stopped', datasetId: 'd' };

class Handler implements CascadeHandler {
  readonly applied: (readonly Cause[])[] = [];

  constructor(
    private readonly name: string,
    private readonly holds: number,
  ) {}

  preview(_manager: EntityManager, _cause: Cause, limit: number): Promise<readonly Affected[]> {
    const one = { kind: this.name, personId: 'x', organisationId: 'o', datasetId: 'd' };
    const held = Array.from({ length: this.holds }, (_, at) => ({ ...one, id: String(at) }));
    return Promise.resolve(held.slice(0, limit));
  }

  apply(_tx: Tx, causes: readonly Cause[]): Promise<number> {
    this.applied.push(causes);
    return Promise.resolve(this.holds);
  }
}

function cascadeOf(...handlers: readonly (readonly [Handler, readonly CauseCode[]])[]): Cascade {
  const cascade = new Cascade();
  for (const [handler, codes] of handlers) {
    codes.forEach((code) => {
      cascade.register(code, handler);
    });
  }
  return cascade;
}

describe('R3.26: the cascade', () => {
  it.each(CAUSE_CODES)('does not let the process start when nobody answers %s', (missing) => {
    const others = CAUSE_CODES.filter((code) => code !== missing);
    const cascade = cascadeOf([new Handler('grant', 0), others]);
    expect(() => {
      cascade.onApplicationBootstrap();
    }).toThrow(`No cascade handler for ${missing}`);
  });

  it('starts when every cause of the closed list has a handler', () => {
    expect(() => {
      cascadeOf([new Handler('grant', 0), CAUSE_CODES]).onApplicationBootstrap();
    }).not.toThrow();
  });

  it('hands each handler all causes of the transaction that it answers, at once', async () => {
    const grants = new Handler('grant', 2);
    const requests = new Handler('request', 1);
    const cascade = cascadeOf([requests, ['project_closed']], [grants, CAUSE_CODES]);
    expect(await cascade.apply(NO_TX, STOPPED, FROZEN)).toBe(3);
    expect(requests.applied).toEqual([[STOPPED]]);
    expect(grants.applied).toEqual([[STOPPED, FROZEN]]);
  });

  it('previews with the same handlers, and names no more than a thousand', async () => {
    const cascade = cascadeOf(
      [new Handler('request', 600), ['project_closed']],
      [new Handler('grant', 600), CAUSE_CODES],
    );
    const affected = await cascade.preview({} as EntityManager, STOPPED);
    expect(affected.filter(({ kind }) => kind === 'request')).toHaveLength(600);
    expect(affected).toHaveLength(1_000);
  });

  it('fails when a handler fails: the causing transaction rolls back', async () => {
    const failing = new Handler('grant', 0);
    failing.apply = () => Promise.reject(new Error('no space'));
    await expect(cascadeOf([failing, CAUSE_CODES]).apply(NO_TX, STOPPED)).rejects.toThrow(
      'no space',
    );
  });
});
