import { exampleTerms, PROVIDER, RECIPIENT } from '../../../test/support/agreement-terms.js';
import {
  agreementWorld,
  NEWCOMER,
  RECIPIENT_OFFICER,
  RECIPIENT_OWNER,
  type AgreementWorld,
} from '../../../test/support/agreement-world.js';
import type { Principal } from '../../identity/principal.js';
import { isConcordatError } from '../../kernel/errors.js';
import { etagOf } from '../agreement.view.js';
import {
  mayMoveParty,
  PARTY_TRANSITIONS,
  type PartyAct,
  type PartyStanding,
  type PartyStatus,
} from './party-lifecycle.rules.js';

const WHY = 'Because.';

/** In what capacity each person acts on the party that acceded. */
const STANDS: Readonly<Record<string, readonly PartyStanding[]>> = {
  [NEWCOMER.owner]: [],
  [NEWCOMER.signatory]: ['own_signatory'],
  [NEWCOMER.dpo]: ['own_dpo'],
  [NEWCOMER.officer]: ['own_ig_officer'],
  [PROVIDER.owner]: [],
  [PROVIDER.signatory]: ['lead_signatory'],
  [PROVIDER.dpo]: ['lead_dpo'],
  [PROVIDER.officer]: [],
  [RECIPIENT_OWNER]: [],
  [RECIPIENT.signatory]: [],
  [RECIPIENT.dpo]: [],
  [RECIPIENT_OFFICER]: [],
};
/** What other parties' people of the same duty did for their own: it is done, and not for this one. */
const ANSWERED: Readonly<Record<'review' | 'sign', readonly string[]>> = {
  review: [PROVIDER.dpo, RECIPIENT.dpo],
  sign: [PROVIDER.signatory, RECIPIENT.signatory],
};

/** `signed` lasts only until the version is in force: a party that accedes to one is active as it signs. */
type Reachable = Exclude<PartyStatus, 'signed'>;
const STATUSES: readonly Reachable[] = [
  'invited',
  'reviewed',
  'active',
  'suspended',
  'withdrawn',
  'excluded',
  'lapsed',
];

/** The events of each act; of what two people do, of the second one's approval. The agreement asks for no notice. */
const EVENTS: Readonly<Record<Call['act'], readonly string[]>> = {
  review: ['agreement.reviewed'],
  sign: ['agreement.signed', 'party.activated', 'policy.published'],
  suspend: ['party.suspended'],
  resume: ['party.resumed'],
  withdraw: ['notice.sent', 'party.withdrawn'],
  exclude: ['notice.sent', 'party.excluded'],
};
/** Who may be the second person, whoever was the first. */
const SECOND: Readonly<Partial<Record<Call['act'], readonly string[]>>> = {
  resume: [NEWCOMER.signatory, NEWCOMER.officer],
  exclude: [PROVIDER.signatory, PROVIDER.dpo],
};

interface Place {
  readonly id: string;
  readonly partyId: string;
}
interface Call {
  readonly act: Exclude<PartyAct, 'activate' | 'lapse'>;
  readonly run: (by: Principal, place: Place) => Promise<unknown>;
}

let world: AgreementWorld;

beforeAll(async () => {
  world = await agreementWorld();
});
afterAll(() => world.close());

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
  );
const owner = (): Principal => world.as(PROVIDER.owner);
const read = (id: string) => world.agreements.get(world.as(world.officer), id);
const hashOf = async (id: string): Promise<string> => (await read(id)).versionHash ?? '';
const sign = async (by: Principal, id: string, versionHash: string): Promise<unknown> =>
  world.acts.sign(by, id, { decision: 'sign', versionHash });

const CALLS: readonly Call[] = [
  {
    act: 'review',
    run: async (by, { id }) =>
      world.acts.review(by, id, { decision: 'accept', versionHash: await hashOf(id) }),
  },
  { act: 'sign', run: async (by, { id }) => sign(by, id, await hashOf(id)) },
  {
    act: 'suspend',
    run: (by, { id, partyId }) => world.parties.suspend(by, id, partyId, WHY),
  },
  { act: 'resume', run: (by, { id, partyId }) => world.parties.resume(by, id, partyId, WHY) },
  {
    act: 'withdraw',
    run: (by, { id, partyId }) => world.parties.withdraw(by, id, partyId, WHY),
  },
  {
    act: 'exclude',
    run: (by, { id, partyId }) => world.parties.exclude(by, id, partyId, { reason: WHY }),
  },
];

/** The second person's approval of what a first one proposed. */
const agree =
  ({ act }: Call, proposer: string) =>
  async (answer: unknown): Promise<void> => {
    const { approvalId } = answer as { approvalId?: string };
    const second = SECOND[act]?.find((personId) => personId !== proposer);
    if (approvalId !== undefined && second !== undefined) {
      await world.approvals.approve(world.as(second), approvalId);
    }
  };

type Step = (place: Place) => Promise<unknown>;
const review: Step = async ({ id }) =>
  world.acts.review(world.as(NEWCOMER.dpo), id, {
    decision: 'accept',
    versionHash: await hashOf(id),
  });
const join: Step = async ({ id }) => sign(world.as(NEWCOMER.signatory), id, await hashOf(id));
const suspend: Step = ({ id, partyId }) =>
  world.parties.suspend(world.as(NEWCOMER.officer), id, partyId, WHY);
const withdraw: Step = ({ id, partyId }) =>
  world.parties.withdraw(world.as(NEWCOMER.signatory), id, partyId, WHY);
const exclude: Step = async ({ id, partyId }) => {
  const proposed = await world.parties.exclude(world.as(PROVIDER.signatory), id, partyId, {
    reason: WHY,
    urgent: true,
  });
  await world.approvals.approve(world.as(PROVIDER.dpo), proposed.approvalId);
};
const leaveBehind: Step = async ({ id }) => {
  const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
  await world.agreements.edit(owner(), id, { objective: 'Another.' }, etagOf(draft));
  await world.submit(owner(), id);
  await settle(id);
};
const STEPS: Readonly<Record<Reachable, readonly Step[]>> = {
  invited: [],
  reviewed: [review],
  active: [review, join],
  suspended: [review, join, suspend],
  withdrawn: [review, join, withdraw],
  excluded: [review, join, exclude],
  lapsed: [review, join, leaveBehind],
};

/** Both founding parties accept and sign what is being prepared. */
async function settle(id: string): Promise<void> {
  await world.accept(PROVIDER.dpo, id);
  const { versionHash } = await world.accept(RECIPIENT.dpo, id);
  for (const personId of [PROVIDER.signatory, RECIPIENT.signatory]) {
    await sign(world.as(personId), id, versionHash ?? '');
  }
}

/** An agreement without notice, and the party that acceded to it, in that status. */
async function placeIn(status: Reachable): Promise<Place> {
  world.clock.set('2026-06-01T09:00:00+01:00');
  const terms = exampleTerms({ noticeDays: 0, admission: 'lead' });
  const { id } = await world.agreements.create(owner(), { ...terms });
  await world.submit(owner(), id);
  await settle(id);
  const { parties } = await world.parties.accede(owner(), id, {
    organisationId: NEWCOMER.id,
    signatoryId: NEWCOMER.signatory,
    dpoId: NEWCOMER.dpo,
    dataRole: 'recipient',
    controllerRole: 'separate',
    breachContact: 'breach@example.org',
    queryContact: 'query@example.org',
  });
  const place = {
    id,
    partyId: parties.find((one) => one.organisationId === NEWCOMER.id)?.id ?? '',
  };
  for (const step of STEPS[status]) {
    await step(place);
  }
  expect(await statusOf(place)).toBe(status);
  return place;
}

const statusOf = async ({ id, partyId }: Place): Promise<string | undefined> =>
  (await read(id)).parties.find((one) => one.id === partyId)?.status;

/** The rows of an agreement, and how many events it has. */
async function everythingOf({ id }: Place): Promise<unknown> {
  const rows = (sql: string): Promise<unknown[]> => world.database.manager.query(sql, [id]);
  return [
    await rows('SELECT * FROM agreement_version WHERE agreement_id = $1 ORDER BY version'),
    await rows('SELECT * FROM agreement_party WHERE agreement_id = $1 ORDER BY id'),
    await rows('SELECT * FROM agreement_signoff WHERE agreement_id = $1 ORDER BY id'),
    await rows('SELECT * FROM agreement_notice WHERE agreement_id = $1 ORDER BY id'),
    await rows('SELECT count(*) FROM audit_event WHERE agreement_id = $1'),
  ];
}

/** What section 3 says becomes of the call. */
function expected({ act }: Call, status: PartyStatus, personId: string): string {
  if (personId === world.officer) {
    return 'operation_denied';
  }
  const stands = STANDS[personId];
  if (!stands) {
    return 'not_found';
  }
  if ((act === 'review' || act === 'sign') && ANSWERED[act].includes(personId)) {
    return 'transition_not_allowed';
  }
  if (!mayMoveParty(new Set(stands), act)) {
    return 'operation_denied';
  }
  const from: readonly PartyStatus[] = PARTY_TRANSITIONS[act].from;
  return from.includes(status) ? 'done' : 'transition_not_allowed';
}

describe('every move of a party, by everybody, in every status', () => {
  const places = new Map<Reachable, Place>();
  let people: readonly string[];

  beforeAll(async () => {
    people = [...Object.keys(STANDS), world.officer, world.stranger];
    for (const status of STATUSES) {
      places.set(status, await placeIn(status));
    }
  });

  it.each(CALLS)('$act', async (call) => {
    for (const status of STATUSES) {
      const place = places.get(status) as Place;
      const before = await everythingOf(place);
      for (const personId of people) {
        const outcome = expected(call, status, personId);
        const target = outcome === 'done' ? await placeIn(status) : place;
        const known = await world.eventsOf(target.id);
        const code = await codeOf(call.run(world.as(personId), target).then(agree(call, personId)));
        expect([call.act, status, personId, code]).toEqual([call.act, status, personId, outcome]);
        if (outcome === 'done') {
          expect(await world.eventsOf(target.id)).toEqual([...known, ...EVENTS[call.act]].sort());
        }
      }
      // Refused is refused: nothing changed, and no event says that it did.
      expect(await everythingOf(place)).toEqual(before);
    }
  });
});
