import { createHash } from 'node:crypto';
import {
  OPERATOR,
  OTHER,
  PARTY,
  reviewWorld,
  type ReviewWorld,
} from '../../../test/support/review-world.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import type { Disclosure } from '../../audit/disclosure.js';
import { EVENT_TYPES, GENERATED_FIELDS } from '../../audit/event-types.js';
import { canonicalJson, type Json } from '../../kernel/canonical-json.js';
import { Disclosures } from './disclosures.service.js';

const REASON = 'The key was lost on the train to Barking.';
const SOURCE = { route: 'GET /api/v1/audit/events/:id/disclosure', traceId: '0'.repeat(32) };
const STORE = '01990000-0000-7000-8000-00000000d009';

describe('the disclosure of an event', () => {
  let world: ReviewWorld;
  let suspended: string;
  let trained: string;

  beforeAll(async () => {
    world = await reviewWorld();
    const actor = {
      actorKind: 'person',
      actorPersonId: PARTY.owner,
      actorOrganisationId: PARTY.id,
      actorAuthLevel: 2,
    } as const;
    suspended = await world.record('store.suspended', {
      ...actor,
      organisationIds: [PARTY.id],
      targetType: 'store',
      targetId: STORE,
      reasonText: REASON,
    });
    trained = await world.record('training.recorded', {
      ...actor,
      organisationIds: [OTHER.id],
      targetType: 'person',
      targetId: OTHER.researcher,
    });
  });
  afterAll(() => world.close());

  const disclose = (personId: string, id: string, fields?: string[]): Promise<Disclosure> =>
    world.app.get(Disclosures).disclose(world.as(personId), id, fields, SOURCE);
  const opened = ({ open }: Disclosure): Record<string, Json> =>
    Object.fromEntries(open.map(({ name, value }) => [name, value]));
  const leafOf = async (id: string): Promise<string> => {
    const [row] = await world.database.manager.query<{ leaf: Buffer }[]>(
      'SELECT leaf FROM audit_event WHERE id = $1',
      [id],
    );
    return (row?.leaf ?? Buffer.alloc(0)).toString('base64url');
  };

  // As a stranger checks it, with nothing but the leaf of the receipt.
  const check = async (id: string, { leaf, digests, open }: Disclosure): Promise<void> => {
    expect(leaf).toBe(await leafOf(id));
    const bytes = digests.map((digest) => Buffer.from(digest, 'base64url'));
    for (const { i, salt, name, value } of open) {
      const sealed = Buffer.from(salt, 'base64url');
      const digest = createHash('sha256')
        .update('concordat/field/v1\0')
        .update(sealed)
        .update(canonicalJson([name, value]))
        .digest();
      expect(digest).toEqual(bytes[i]);
    }
    const c = createHash('sha256')
      .update('concordat/event/v1\0')
      .update(Buffer.from([0, bytes.length]))
      .update(Buffer.concat(bytes))
      .digest('base64url');
    const told = JSON.parse(Buffer.from(leaf, 'base64url').toString()) as Record<string, Json>;
    expect(told).toMatchObject({ c });
    const { type, occurredAt } = opened({ leaf, digests, open, v: 1 });
    expect(type ?? told['k']).toBe(told['k']);
    expect(
      typeof occurredAt === 'string' ? Math.floor(Date.parse(occurredAt) / 1000) : told['t'],
    ).toBe(told['t']);
  };

  it('R5.7: opens to an officer what is about nobody, and verifies', async () => {
    const disclosure = await disclose(PARTY.officer, suspended);
    await check(suspended, disclosure);
    const names = [...GENERATED_FIELDS, ...EVENT_TYPES['store.suspended']];
    const personal = ['actorPersonId', 'reasonText'];
    expect(disclosure.digests).toHaveLength(names.length);
    expect(Object.keys(opened(disclosure))).toEqual(
      names.filter((name) => !personal.includes(name)).sort(),
    );
    expect(opened(disclosure)).toMatchObject({ targetId: STORE, actorOrganisationId: PARTY.id });
    expect(JSON.stringify(disclosure)).not.toContain('Barking');
  });

  it('opens to the person who acted what is about them, and to nobody else', async () => {
    const own = await disclose(PARTY.owner, suspended);
    await check(suspended, own);
    expect(opened(own)).toMatchObject({ actorPersonId: PARTY.owner, reasonText: REASON });
    await expect(disclose(OTHER.researcher, suspended)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('R5.7: opens a target that is a person to that person only', async () => {
    const theirs = await disclose(OTHER.researcher, trained);
    await check(trained, theirs);
    expect(opened(theirs)).toMatchObject({ targetId: OTHER.researcher });
    expect(opened(theirs)).not.toHaveProperty('actorPersonId');
    for (const personId of [OTHER.officer, OPERATOR.officer]) {
      const disclosure = await disclose(personId, trained);
      await check(trained, disclosure);
      expect(JSON.stringify(disclosure)).not.toContain(OTHER.researcher);
      expect(opened(disclosure)).toMatchObject({ targetType: 'person' });
    }
  });

  it('R5.8: is for those whom the event is shown to', async () => {
    await expect(disclose(OTHER.officer, suspended)).rejects.toMatchObject({ code: 'not_found' });
    const nothing = '01990000-0000-7000-8000-00000000dddd';
    await expect(disclose(OPERATOR.officer, nothing)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('opens only what is asked for, and less where the caller may not', async () => {
    const two = await disclose(PARTY.officer, suspended, ['type', 'targetId', 'reasonText']);
    await check(suspended, two);
    expect(opened(two)).toEqual({ targetId: STORE, type: 'store.suspended' });
    expect(two.open.map(({ i }) => i)).toEqual(two.open.map(({ i }) => i).sort((a, b) => a - b));
  });

  it('refuses a field that such events do not have', async () => {
    await expect(disclose(PARTY.officer, suspended, ['type', 'bytes'])).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer: '/fields', reason: 'store.suspended has no field bytes' }] },
    });
  });

  it('is an event of its own, and given to nobody when that cannot be written', async () => {
    world.clock.add(1000);
    await disclose(PARTY.officer, suspended, ['type']);
    const { items } = await world.search(world.as(OPERATOR.officer), 'type=audit.searched');
    expect(items[0]).toMatchObject({
      actorOrganisationId: PARTY.id,
      organisationIds: [PARTY.id],
      route: SOURCE.route,
      reasonCodes: [`eventId=${suspended}`, 'fields=type'],
    });
    await asSuperuser(
      world.db,
      `ALTER TABLE audit_event ADD CONSTRAINT no_search CHECK (type <> 'audit.searched') NOT VALID`,
    );
    await expect(disclose(PARTY.owner, suspended)).rejects.toMatchObject({
      code: 'audit_unavailable',
    });
  });
});
