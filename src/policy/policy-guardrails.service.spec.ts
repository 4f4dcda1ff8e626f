import { Logger } from '@nestjs/common';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../test/support/database.js';
import { HandClock } from '../../test/support/hand-clock.js';
import { policyFolderWith, removePolicyFolders } from '../../test/support/policy-folder.js';
import { policyNode, until, type PolicyNode } from '../../test/support/policy-node.js';
import {
  AGREEMENT_ID,
  DATASET_ID,
  NOW,
  READ_KEY,
  RECIPIENT_ID,
  someTerms,
  standing,
} from '../../test/support/policy-rules.js';
import { takeLocks } from '../platform/database/locks.js';
import { migrateSecrets } from '../platform/secrets/subject-keys.js';
import { compileAgreement } from './compile-agreement.js';
import type { GuardrailChange } from './guardrail.js';
import { PolicyGuardrails } from './policy-guardrails.service.js';
import { PolicyRepository } from './storage/policy.repository.js';

const QUESTION = { key: READ_KEY, attributes: standing };
const PROPOSER = '01990000-0000-7000-8000-0000000000f1';
const APPROVER = '01990000-0000-7000-8000-0000000000f2';
const WAITING = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Denies the question of this file. */
const noStreams = (changes: Partial<GuardrailChange> = {}): GuardrailChange => ({
  id: 'G50',
  datasetId: null,
  text: {
    actions: ['dataset:read'],
    condition: { op: 'eq', path: 'request.delivery', value: 'stream' },
    message: 'No streams',
  },
  baseVersion: 99,
  ...changes,
});
const agreement = {
  agreementId: AGREEMENT_ID,
  agreementVersion: 1,
  reference: 'CON-2026-0001',
  organisationIds: [RECIPIENT_ID],
  rules: compileAgreement(someTerms()),
};

let db: TestDatabase;
let clock: HandClock;
let nodes: PolicyNode[];
let superuser: pg.Client;

beforeEach(async () => {
  db = await testDatabase();
  await migrateSecrets(db.urlFor('postgres'));
  clock = new HandClock(NOW);
  nodes = [];
  superuser = new pg.Client(db.urlFor('postgres'));
  await superuser.connect();
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await superuser.end();
  await db.close();
});
afterAll(removePolicyFolders);

/** A node on which the agreement allows what this file asks. */
async function anAllowingNode(): Promise<PolicyNode> {
  const node = await aNode();
  await node.publish(agreement);
  await node.policy.catchUp();
  expect(node.policy.decide(QUESTION).outcome).toBe('allow');
  return node;
}

async function aNode(): Promise<PolicyNode> {
  const node = await policyNode(db, clock);
  nodes.push(node);
  return node;
}

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  return (await superuser.query<Row>(sql)).rows;
}

const publish = ({ app, database }: PolicyNode, change = noStreams()): Promise<number> =>
  database.transaction((tx) =>
    app.get(PolicyGuardrails).publish(tx, {
      change,
      proposedBy: PROPOSER,
      approvedBy: APPROVER,
      event: { actorKind: 'person', actorPersonId: APPROVER, organisationIds: [] },
    }),
  );
const outcomeOn = ({ policy }: PolicyNode): string => policy.decide(QUESTION).reason;

describe('a guardrail', () => {
  it('is published with its two people, its event and one NOTIFY that says nothing', async () => {
    const node = await anAllowingNode();
    const heard: (string | undefined)[] = [];
    superuser.on('notification', ({ payload }) => heard.push(payload));
    await query('LISTEN concordat_policy');
    expect(await publish(node)).toBe(3);
    await until(() => heard.length > 0);
    await query('SELECT 1');
    expect(heard).toEqual(['']);
    expect(
      await query(`SELECT v.parent, v.published_by, v.approved_by, e.type, e.target_id FROM policy_version v
                   JOIN audit_event e ON e.id = v.audit_event_id WHERE v.version = 3`),
    ).toEqual([
      {
        parent: '2',
        published_by: PROPOSER,
        approved_by: APPROVER,
        type: 'policy.published',
        target_id: 'G50',
      },
    ]);
  });

  it('denies on every node that hears of it, and no longer when it is withdrawn', async () => {
    const one = await anAllowingNode();
    await aNode();
    await publish(one);
    await until(() => nodes.every((node) => outcomeOn(node) === 'guardrail'));
    await publish(one, noStreams({ text: null }));
    await until(() => nodes.every((node) => outcomeOn(node) === 'allowed'));
  });

  it('denies on a node that nobody tells of it: it looks each second', async () => {
    const node = await anAllowingNode();
    // What a publication writes, without its NOTIFY.
    await query(`
      BEGIN;
      UPDATE policy_head SET version = 3;
      INSERT INTO policy_version SELECT 3, 2, NULL, NULL, published_at, audit_event_id FROM policy_version WHERE version = 2;
      INSERT INTO policy_rule (id, guardrail_id, action, recipients, effect, condition, condition_sha256, message, from_version)
        VALUES (gen_random_uuid(), 'G50', 'dataset:read', '{}', 'deny',
          '{"op":"eq","path":"request.delivery","value":"stream"}', sha256(''), 'No streams', 3);
      COMMIT`);
    await until(() => outcomeOn(node) === 'guardrail');
    expect(node.policy.currentVersion()).toBe(3);
  });

  it('has one text at a time: of two changes published at once the second is a conflict', async () => {
    const node = await anAllowingNode();
    const change = noStreams({ baseVersion: 2 });
    const results = await Promise.allSettled([publish(node, change), publish(node, change)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'policy_conflict', fields: { version: 3 } },
    });
    expect(await query(`SELECT FROM policy_rule WHERE guardrail_id = 'G50'`)).toHaveLength(1);
    expect(await query('SELECT version FROM policy_head')).toEqual([{ version: '3' }]);
  });

  it('finds the last place of a bucket only once, however many ask at once', async () => {
    const node = await anAllowingNode();
    const changes = Array.from({ length: 13 }, (_, at) => noStreams({ id: `G${String(60 + at)}` }));
    const results = await Promise.allSettled(changes.map((change) => publish(node, change)));
    // Five are shipped; eleven more make sixteen.
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(11);
    for (const result of results.filter(({ status }) => status === 'rejected')) {
      expect(result).toMatchObject({ reason: { code: 'policy_bucket_full' } });
    }
  });

  it('takes effect with its transaction, or not at all', async () => {
    const node = await anAllowingNode();
    const failing = node.database.transaction(async (tx) => {
      await node.app.get(PolicyGuardrails).publish(tx, {
        change: noStreams(),
        proposedBy: PROPOSER,
        approvedBy: APPROVER,
        event: { actorKind: 'person', actorPersonId: APPROVER, organisationIds: [] },
      });
      throw new Error('The approval failed after all');
    });
    await expect(failing).rejects.toThrow('after all');
    await node.policy.catchUp();
    expect([node.policy.currentVersion(), outcomeOn(node)]).toEqual([2, 'allowed']);
    expect(await query(`SELECT FROM policy_rule WHERE guardrail_id = 'G50'`)).toEqual([]);
  });

  it('is seen by an issue that waited for its publication, on a node that has not heard of it', async () => {
    const [publisher, issuer] = [await anAllowingNode(), await aNode()];
    await issuer.deafen();
    const locked = Promise.withResolvers<null>();
    const commits = Promise.withResolvers<null>();
    const publishing = publisher.database.transaction(async (tx) => {
      await publisher.app.get(PolicyGuardrails).publish(tx, {
        change: noStreams(),
        proposedBy: PROPOSER,
        approvedBy: APPROVER,
        event: { actorKind: 'person', actorPersonId: APPROVER, organisationIds: [] },
      });
      locked.resolve(null);
      await commits.promise;
    });
    await locked.promise;
    expect(outcomeOn(issuer)).toBe('allowed');
    const issuing = issuer.database.transaction(async (tx) => {
      await takeLocks(tx, 'shared', [{ kind: 'policy', id: '' }]);
      const head = await new PolicyRepository().headVersion(tx);
      return issuer.policy.decideAt(tx, head, QUESTION);
    });
    await until(async () => (await query(WAITING)).length === 1);
    commits.resolve(null);
    await publishing;
    expect(await issuing).toMatchObject({ reason: 'guardrail', policyVersion: 3 });
  });
});

describe('a reload that fails half-way', () => {
  it('leaves the old snapshot whole, then stale, and never opens what it was about to replace', async () => {
    const node = await anAllowingNode();
    await publish(node);
    await node.policy.catchUp();
    expect(outcomeOn(node)).toBe('guardrail');
    await node.deafen();
    // One publication closes the guardrail and opens another that does not parse.
    await publish(node, noStreams({ text: null }));
    await publish(node, noStreams({ id: 'G51' }));
    await query(`UPDATE policy_rule SET condition = '{"op":"eval"}' WHERE guardrail_id = 'G51'`);
    await expect(node.policy.catchUp()).rejects.toThrow();
    expect([node.policy.currentVersion(), outcomeOn(node)]).toEqual([3, 'guardrail']);
    clock.add(5_001);
    expect(outcomeOn(node)).toBe('policy_unavailable');
    await query(`UPDATE policy_rule SET condition = '{"op":"eq","path":"request.dpop","value":true}'
                 WHERE guardrail_id = 'G51'`);
    await node.policy.catchUp();
    expect(node.policy.currentVersion()).toBe(5);
  });

  it('and a database set back never takes a node to an older version', async () => {
    const node = await anAllowingNode();
    await publish(node);
    await node.policy.catchUp();
    await query('UPDATE policy_head SET version = 2');
    await node.policy.catchUp();
    expect([node.policy.currentVersion(), outcomeOn(node)]).toEqual([3, 'guardrail']);
    await node.database.transaction(async (tx) => {
      const head = await new PolicyRepository().headVersion(tx);
      const decision = await node.policy.decideAt(tx, head, QUESTION);
      expect(decision.reason).toBe('policy_unavailable');
    });
    expect(node.policy.currentVersion()).toBe(3);
  });
});

describe('guardrails.csv and the database', () => {
  const warningsOf = async (boot: () => Promise<unknown>): Promise<readonly unknown[]> => {
    const codes: unknown[] = [];
    const own = Object.getOwnPropertyDescriptor(Logger.prototype, 'warn') ?? {};
    const value = ({ code }: { readonly code?: unknown }): number => codes.push(code);
    Object.defineProperty(Logger.prototype, 'warn', { ...own, value });
    try {
      await boot();
    } finally {
      Object.defineProperty(Logger.prototype, 'warn', own);
    }
    return codes;
  };

  it('that agree warn of nothing, also when a dataset has rules of its own', async () => {
    const node = await anAllowingNode();
    await publish(node, noStreams({ id: 'D01', datasetId: DATASET_ID }));
    expect(await warningsOf(aNode)).not.toContain('guardrails_drift');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a guardrail published since', async () => publish(await anAllowingNode())],
    [
      'a guardrail withdrawn since',
      async () => publish(await aNode(), noStreams({ id: 'G01', text: null })),
    ],
  ])('warn of drift: %s', async (_what, change) => {
    await change();
    expect(await warningsOf(aNode)).toContain('guardrails_drift');
  });

  it('warn of drift: a text that changed in the file', async () => {
    await aNode();
    const folder = policyFolderWith('guardrails.csv', (text) =>
      text.replace('not active', 'closed'),
    );
    const boot = async (): Promise<unknown> => nodes.push(await policyNode(db, clock, folder));
    expect(await warningsOf(boot)).toContain('guardrails_drift');
  });
});
