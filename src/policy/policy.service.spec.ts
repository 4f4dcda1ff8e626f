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
import { IdFactory } from '../kernel/ids.js';
import { takeLocks } from '../platform/database/locks.js';
import type { Tx } from '../platform/database/database.js';
import { migrateSecrets } from '../platform/secrets/subject-keys.js';
import { compileAgreement } from './compile-agreement.js';
import { PolicyPublisher } from './policy-publisher.js';
import { PolicyService, type AgreementPublication, type PolicyQuestion } from './policy.service.js';
import { PoliciesFolder } from './storage/policy-files.js';
import { PolicyHolder } from './storage/policy-holder.js';
import { PolicyListener } from './storage/policy-listener.js';
import { PolicyRepository } from './storage/policy.repository.js';

const QUESTION: PolicyQuestion = { key: READ_KEY, attributes: standing };
const publication = (changes: Partial<AgreementPublication> = {}): AgreementPublication => ({
  agreementId: AGREEMENT_ID,
  agreementVersion: 1,
  reference: 'CON-2026-0001',
  organisationIds: [RECIPIENT_ID],
  rules: compileAgreement(someTerms()),
  ...changes,
});

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

async function aNode(): Promise<PolicyNode> {
  const node = await policyNode(db, clock);
  nodes.push(node);
  return node;
}

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  return (await superuser.query<Row>(sql)).rows;
}

/** What an issue does: the policy lock first, in a statement that reads nothing, then the head. */
async function headUnderLock(tx: Tx): Promise<number> {
  await takeLocks(tx, 'shared', [{ kind: 'policy', id: '' }]);
  return new PolicyRepository().headVersion(tx);
}

describe('the first boot', () => {
  it('publishes the guardrails as version 1, with its event, and later boots publish nothing', async () => {
    await Promise.all([aNode(), aNode()]);
    await aNode();
    expect(nodes.map(({ policy }) => policy.currentVersion())).toEqual([1, 1, 1]);
    expect(await query('SELECT version FROM policy_version')).toEqual([{ version: '1' }]);
    expect(
      await query(
        `SELECT DISTINCT guardrail_id, effect FROM policy_rule WHERE to_version IS NULL ORDER BY 1`,
      ),
    ).toEqual(
      ['G01', 'G02', 'G03', 'G04', 'G05'].map((id) => ({ guardrail_id: id, effect: 'deny' })),
    );
    expect(
      await query(
        `SELECT e.type FROM policy_version v JOIN audit_event e ON e.id = v.audit_event_id`,
      ),
    ).toEqual([{ type: 'policy.published' }]);
  });

  it.each(['model.conf', 'roles.csv', 'guardrails.csv'] as const)(
    'does not happen when %s does not parse: nothing is published',
    async (file) => {
      const folder = policyFolderWith(file, (text) => text.slice(0, text.length / 2));
      await expect(policyNode(db, clock, folder)).rejects.toThrow();
      expect(await query('SELECT FROM policy_version')).toHaveLength(0);
    },
  );

  it('leaves the database to rule when the file says something else later', async () => {
    await (await aNode()).publish(publication());
    const folder = policyFolderWith('guardrails.csv', (text) =>
      text.replace('""value"":1', '""value"":3'),
    );
    const other = await policyNode(db, clock, folder);
    nodes.push(other);
    expect(other.policy.decide(QUESTION).outcome).toBe('allow');
  });
});

describe('publishing an agreement', () => {
  it('takes effect with the transaction: rules, version, head and event', async () => {
    const node = await aNode();
    await node.database.transaction(async (tx) => {
      expect(await node.policy.publishAgreement(tx, publication())).toBe(2);
      expect(await query('SELECT version FROM policy_head')).toEqual([{ version: '1' }]);
    });
    await until(() => node.policy.currentVersion() === 2);
    expect(node.policy.decide(QUESTION)).toMatchObject({ outcome: 'allow', policyVersion: 2 });
    expect(await query('SELECT parent FROM policy_version WHERE version = 2')).toEqual([
      { parent: '1' },
    ]);
    expect(
      await query(`SELECT agreement_id, organisation_ids FROM audit_event
                   WHERE type = 'policy.published' AND agreement_id IS NOT NULL`),
    ).toEqual([{ agreement_id: AGREEMENT_ID, organisation_ids: [RECIPIENT_ID] }]);
  });

  it('leaves nothing behind when the transaction fails', async () => {
    const node = await aNode();
    const failing = node.database.transaction(async (tx) => {
      await node.policy.publishAgreement(tx, publication());
      throw new Error('The activation failed after all');
    });
    await expect(failing).rejects.toThrow('after all');
    await node.policy.catchUp();
    expect(node.policy.currentVersion()).toBe(1);
    expect(await query(`SELECT FROM policy_rule WHERE effect = 'allow'`)).toHaveLength(0);
    expect(await query(`SELECT FROM audit_event WHERE type = 'policy.published'`)).toHaveLength(1);
    expect(node.policy.decide(QUESTION).reason).toBe('no_agreement');
  });

  it('closes the rules of the version before, and keeps them for replay', async () => {
    const node = await aNode();
    await node.publish(publication());
    await node.publish(publication({ agreementVersion: 2 }));
    await node.policy.catchUp();
    expect(node.policy.decide(QUESTION).reason).toBe('no_agreement');
    const key = { ...READ_KEY, agreementVersion: 2 };
    expect(node.policy.decide({ ...QUESTION, key }).outcome).toBe('allow');
    expect(
      await query(`SELECT agreement_version, from_version, to_version FROM policy_rule
                   WHERE effect = 'allow' AND action = 'dataset:read' ORDER BY 1`),
    ).toEqual([
      { agreement_version: 1, from_version: '2', to_version: '3' },
      { agreement_version: 2, from_version: '3', to_version: null },
    ]);
  });

  it('takes away what a recipient no longer has', async () => {
    const node = await aNode();
    await node.publish(publication());
    await node.publish(publication({ rules: compileAgreement(someTerms({ recipients: [] })) }));
    await node.policy.catchUp();
    expect(node.policy.decide(QUESTION)).toMatchObject({
      reason: 'no_agreement',
      policyVersion: 3,
    });
  });

  it('closes the rules of versions that ended since, whosever they are', async () => {
    const node = await aNode();
    await node.publish(publication());
    // Only the columns that policy reads matter here: the agreements have specs of their own.
    await superuser.query(`SET session_replication_role = replica`);
    await superuser.query(
      `INSERT INTO agreement_version (agreement_id, version, status, terms, title, drafted_by, editors, audit_event_id)
       VALUES ($1, 1, 'terminated', '{}', 'Ended', $1, '{}', $1)`,
      [AGREEMENT_ID],
    );
    await node.publish(publication({ agreementId: DATASET_ID, reference: 'CON-2026-0002' }));
    await node.policy.catchUp();
    expect(node.policy.decide(QUESTION).reason).toBe('no_agreement');
    const key = { ...READ_KEY, agreementId: DATASET_ID };
    expect(node.policy.decide({ ...QUESTION, key }).outcome).toBe('allow');
  });

  it('names the person who published, under a key of that person', async () => {
    const node = await aNode();
    await node.publish(publication({ publishedBy: DATASET_ID }));
    expect(await query('SELECT published_by FROM policy_version WHERE version = 2')).toEqual([
      { published_by: DATASET_ID },
    ]);
  });

  it('waits for running issues, so that no grant commits under a withdrawn rule', async () => {
    const [issuer, publisher] = [await aNode(), await aNode()];
    const locked = Promise.withResolvers<null>();
    const publishing = Promise.withResolvers<null>();
    const issuing = issuer.database.transaction(async (tx) => {
      const version = await headUnderLock(tx);
      locked.resolve(null);
      await publishing.promise;
      expect((await issuer.policy.decideAt(tx, version, QUESTION)).policyVersion).toBe(1);
      expect(await query('SELECT version FROM policy_head')).toEqual([{ version: '1' }]);
    });
    await locked.promise;
    const published = publisher.publish(publication());
    await until(async () => (await query(WAITING)).length === 1);
    publishing.resolve(null);
    await issuing;
    await expect(published).resolves.toBe(2);
  });

  it('follows another publication one by one, with a version each', async () => {
    const [one, two] = [await aNode(), await aNode()];
    const versions = await Promise.all([
      one.publish(publication()),
      two.publish(publication({ agreementVersion: 2 })),
      one.publish(publication({ agreementVersion: 3 })),
    ]);
    expect(versions.sort()).toEqual([2, 3, 4]);
    await Promise.all(nodes.map(({ policy }) => policy.catchUp()));
    expect(
      await query(`SELECT DISTINCT agreement_version FROM policy_rule
                        WHERE effect = 'allow' AND to_version IS NULL`),
    ).toHaveLength(1);
  });

  it('never deletes a rule: the broker may not', async () => {
    await aNode();
    await expect(db.database.manager.query('DELETE FROM policy_rule')).rejects.toThrow(
      'permission',
    );
    await expect(
      db.database.manager.query(`UPDATE policy_rule SET effect = 'allow'`),
    ).rejects.toThrow('permission');
  });
});

const WAITING = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const LISTENERS = `SELECT pid FROM pg_stat_activity
  WHERE application_name = 'concordat-policy-listener' AND datname = current_database()`;

describe('other nodes', () => {
  it('hear of a publication and decide by it', async () => {
    const [publisher, other] = [await aNode(), await aNode()];
    await publisher.publish(publication());
    await until(() => other.policy.currentVersion() === 2);
    expect(other.policy.decide(QUESTION).outcome).toBe('allow');
  });

  it('catch up with what they missed while their listener was cut, and listen again', async () => {
    const [publisher, other] = [await aNode(), await aNode()];
    const before = await query<{ pid: number }>(LISTENERS);
    await query(`SELECT pg_terminate_backend(pid) FROM (${LISTENERS}) AS listener`);
    await publisher.publish(publication());
    await publisher.publish(publication({ agreementVersion: 2 }));
    await until(() => nodes.every(({ policy }) => policy.currentVersion() === 3));
    const lost = new Set(before.map(({ pid }) => pid));
    await until(async () => {
      const now = await query<{ pid: number }>(LISTENERS);
      return now.length === 2 && now.every(({ pid }) => !lost.has(pid));
    });
    const key = { ...READ_KEY, agreementVersion: 2 };
    expect(other.policy.decide({ ...QUESTION, key }).outcome).toBe('allow');
    expect(other.policy.decide(QUESTION).reason).toBe('no_agreement');
  });

  it('are told by the listener itself, without a poll, and after a reconnection', async () => {
    const publisher = await aNode();
    await publisher.deafen();
    const listener = new PolicyListener({ databaseUrl: db.url });
    let heard = 0;
    const connect = () => listener.connect(() => (heard += 1));
    await connect();
    await publisher.publish(publication());
    await until(() => heard === 1);
    await query(`SELECT pg_terminate_backend(pid) FROM (${LISTENERS}) AS listener`);
    await until(async () => {
      await connect();
      return (await query(LISTENERS)).length === 1;
    });
    await publisher.publish(publication({ agreementVersion: 2 }));
    await until(() => heard === 2);
    await listener.close();
    await connect();
    expect(await query(LISTENERS)).toHaveLength(0);
  });
});

describe('deciding inside an issuing transaction', () => {
  it('loads the change on its own connection when the node has not heard of it', async () => {
    const [publisher, deaf] = [await aNode(), await aNode()];
    await deaf.deafen();
    await publisher.publish(publication());
    expect(deaf.policy.decide(QUESTION)).toMatchObject({
      reason: 'no_agreement',
      policyVersion: 1,
    });
    await deaf.database.transaction(async (tx) => {
      const version = await headUnderLock(tx);
      expect(await deaf.policy.decideAt(tx, version, QUESTION)).toMatchObject({
        outcome: 'allow',
        policyVersion: 2,
      });
    });
    expect(deaf.policy.currentVersion()).toBe(2);
  });

  it('sees a withdrawal that the node has not heard of', async () => {
    const [publisher, deaf] = [await aNode(), await aNode()];
    await publisher.publish(publication());
    await deaf.policy.catchUp();
    await deaf.deafen();
    await publisher.publish(publication({ rules: [] }));
    expect(deaf.policy.decide(QUESTION).outcome).toBe('allow');
    await deaf.database.transaction(async (tx) => {
      const version = await headUnderLock(tx);
      expect(await deaf.policy.ensureVersion(tx, version)).toBe(true);
      expect(deaf.policy.decide(QUESTION)).toMatchObject({
        outcome: 'deny',
        reason: 'no_agreement',
      });
    });
  });

  it('confirms a stale snapshot by the head it locked', async () => {
    const node = await aNode();
    await node.publish(publication());
    await node.policy.catchUp();
    await node.deafen();
    clock.add(60_000);
    expect(node.policy.decide(QUESTION).reason).toBe('policy_unavailable');
    await node.database.transaction(async (tx) => {
      const version = await headUnderLock(tx);
      expect((await node.policy.decideAt(tx, version, QUESTION)).outcome).toBe('allow');
    });
  });

  it('denies at a version that it cannot reach', async () => {
    const node = await aNode();
    await node.publish(publication());
    await node.policy.catchUp();
    await node.database.transaction(async (tx) => {
      for (const version of [1, 99]) {
        expect(await node.policy.decideAt(tx, version, QUESTION)).toMatchObject({
          outcome: 'deny',
          reason: 'policy_unavailable',
        });
      }
    });
  });
});

describe('when policy cannot be known', () => {
  it('a snapshot that nobody confirmed for 5 seconds denies', async () => {
    const node = await aNode();
    await node.publish(publication());
    await node.policy.catchUp();
    await node.deafen();
    clock.add(5_000);
    expect(node.policy.decide(QUESTION).outcome).toBe('allow');
    clock.add(1);
    expect(node.policy.decide(QUESTION)).toMatchObject({
      outcome: 'deny',
      reason: 'policy_unavailable',
    });
    await node.policy.catchUp();
    expect(node.policy.decide(QUESTION).outcome).toBe('allow');
  });

  it('a node that has not booted denies', async () => {
    const { app } = await aNode();
    const unstarted = new PolicyService(
      app.get(PolicyHolder),
      app.get(PolicyPublisher),
      app.get<URL>(PoliciesFolder),
      clock,
      app.get<IdFactory>(IdFactory),
    );
    expect(unstarted.decide(QUESTION)).toMatchObject({
      outcome: 'deny',
      reason: 'policy_unavailable',
    });
  });

  it('a database that went away makes the snapshot stale, and nothing throws', async () => {
    const node = await aNode();
    await node.publish(publication());
    await node.policy.catchUp();
    await query('ALTER TABLE policy_head RENAME TO policy_head_lost');
    await expect(node.policy.catchUp()).rejects.toThrow();
    clock.add(5_001);
    expect(node.policy.decide(QUESTION).reason).toBe('policy_unavailable');
    await query('ALTER TABLE policy_head_lost RENAME TO policy_head');
    await until(() => node.policy.decide(QUESTION).outcome === 'allow');
  });

  it.each([
    ['a condition of another type', `'{"op":"lte","path":"subject.authLevel","value":"x"}'`],
    ['a condition of no operator', `'{"op":"eval","path":"subject.authLevel","value":1}'`],
    ['a condition that is no object', `'true'`],
  ])('a rule row with %s is not loaded: the old snapshot goes stale', async (_fault, condition) => {
    const node = await aNode();
    await node.publish(publication());
    await node.policy.catchUp();
    await node.deafen();
    await node.publish(publication({ agreementVersion: 2 }));
    await query(`UPDATE policy_rule SET condition = ${condition} WHERE agreement_version = 2`);
    await expect(node.policy.catchUp()).rejects.toThrow();
    clock.add(5_001);
    expect(node.policy.decide(QUESTION).reason).toBe('policy_unavailable');
  });

  it('a database set back to an older head does not confirm the newer snapshot', async () => {
    const node = await aNode();
    await node.publish(publication());
    await node.policy.catchUp();
    await query('UPDATE policy_head SET version = 1');
    clock.add(5_001);
    await node.policy.catchUp();
    expect(node.policy.decide(QUESTION).reason).toBe('policy_unavailable');
    await node.database.transaction(async (tx) => {
      const decision = await node.policy.decideAt(tx, await headUnderLock(tx), QUESTION);
      expect(decision.outcome).toBe('deny');
    });
  });
});
