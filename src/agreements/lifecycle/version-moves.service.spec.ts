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
import type { AgreementTerms } from '../terms/terms.types.js';
import {
  mayMove,
  VERSION_TRANSITIONS,
  type Standing,
  type VersionAct,
  type VersionStatus,
} from './version-lifecycle.rules.js';

const IN_FORCE = '2026-06-01T09:00:00+01:00';
const LATER = '2026-06-12T09:00:00+01:00';
const SHORT = { reviewOn: '2026-06-05', endsOn: '2026-06-10' };
const WHY = 'Because.';

/** In what capacity each person acts on an agreement of the example, once it was put to its parties. */
const STANDS: Readonly<Record<string, readonly Standing[]>> = {
  [PROVIDER.owner]: ['drafting_data_owner', 'party_data_owner'],
  [PROVIDER.signatory]: ['lead_signatory', 'party_signatory'],
  [PROVIDER.dpo]: ['lead_dpo', 'party_dpo'],
  [PROVIDER.officer]: ['lead_ig_officer'],
  [RECIPIENT_OWNER]: ['party_data_owner'],
  [RECIPIENT.signatory]: ['party_signatory'],
  [RECIPIENT.dpo]: ['party_dpo'],
  [RECIPIENT_OFFICER]: [],
};
const OFFICES = ['owner', 'signatory', 'dpo', 'officer'] as const;

type Reachable = Exclude<VersionStatus, 'superseded'>;
const STATUSES: readonly Reachable[] = [
  'draft',
  'in_review',
  'awaiting_signature',
  'active',
  'suspended',
  'expired',
  'terminated',
];
const PREPARING: readonly VersionStatus[] = ['draft', 'in_review', 'awaiting_signature'];

/** The one event of each act; of what two people do, of the second one's approval. Ending comes after notice. */
const EVENT: Readonly<Partial<Record<VersionAct, string>>> = {
  edit: 'agreement.edited',
  submit: 'agreement.submitted',
  accept: 'agreement.reviewed',
  return: 'agreement.returned',
  recall: 'agreement.returned',
  sign: 'agreement.signed',
  decline: 'agreement.declined',
  suspend: 'agreement.suspended',
  resume: 'agreement.resumed',
  terminate: 'notice.sent',
  complete: 'agreement.review-completed',
  amend: 'agreement.amended',
  renew: 'agreement.amended',
  abandon: 'agreement.terminated',
};

/** Who may be the second person: not of the first one's duty. */
const SECOND: Readonly<Partial<Record<VersionAct, readonly string[]>>> = {
  resume: [PROVIDER.signatory, PROVIDER.officer],
  terminate: [PROVIDER.signatory, PROVIDER.dpo],
};

/** What somebody calls, and the act of the table that it is in a status. */
interface Call {
  readonly act: (status: VersionStatus) => VersionAct;
  readonly run: (by: Principal, id: string) => Promise<unknown>;
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
const hashOf = async (id: string): Promise<string> =>
  (await world.agreements.getOpen(world.as(world.officer), id)).versionHash ?? '';
const is = (act: VersionAct) => (): VersionAct => act;

const CALLS: Readonly<Record<string, Call>> = {
  edit: {
    act: is('edit'),
    run: async (by, id) =>
      world.agreements.edit(by, id, { title: 'Another' }, await world.etag(id)),
  },
  submit: {
    act: is('submit'),
    run: async (by, id) => world.agreements.submit(by, id, await world.etag(id)),
  },
  accept: {
    act: is('accept'),
    run: async (by, id) =>
      world.acts.review(by, id, { decision: 'accept', versionHash: await hashOf(id) }),
  },
  'send back': {
    act: (status) => (status === 'awaiting_signature' ? 'recall' : 'return'),
    run: (by, id) => world.acts.review(by, id, { decision: 'return', reason: WHY }),
  },
  sign: {
    act: is('sign'),
    run: async (by, id) =>
      world.acts.sign(by, id, { decision: 'sign', versionHash: await hashOf(id) }),
  },
  decline: {
    act: is('decline'),
    run: (by, id) => world.acts.sign(by, id, { decision: 'decline', reason: WHY }),
  },
  suspend: { act: is('suspend'), run: (by, id) => world.acts.suspend(by, id, WHY) },
  resume: { act: is('resume'), run: (by, id) => world.acts.resume(by, id, WHY) },
  end: {
    act: (status) => (PREPARING.includes(status) ? 'abandon' : 'terminate'),
    run: (by, id) => world.acts.terminate(by, id, { reason: WHY }),
  },
  'complete a review': {
    act: is('complete'),
    run: (by, id) =>
      world.acts.review(by, id, { decision: 'complete', nextReviewOn: '2027-01-01' }),
  },
  amend: {
    act: is('amend'),
    run: async (by, id) => world.versions.amend(by, id, await world.etag(id, 'current')),
  },
  renew: {
    act: is('renew'),
    run: async (by, id) => {
      const dates = { endsOn: '2028-05-31', reviewOn: '2027-05-31' };
      return world.versions.renew(by, id, await world.etag(id, 'current'), dates);
    },
  },
};

/** The second person's approval of what a first one proposed. */
const agree =
  (act: VersionAct, proposer: string) =>
  async (answer: unknown): Promise<void> => {
    const { approvalId } = answer as { approvalId?: string };
    const second = SECOND[act]?.find((personId) => personId !== proposer);
    if (approvalId !== undefined && second !== undefined) {
      await world.approvals.approve(world.as(second), approvalId);
    }
  };

/** An agreement in that status; the clock then stands at `LATER`. */
async function agreementIn(status: Reachable): Promise<string> {
  world.clock.set('2026-05-01T09:00:00Z');
  const terms: Partial<AgreementTerms> = status === 'expired' ? SHORT : {};
  const owner = world.as(PROVIDER.owner);
  const { id } = await world.agreements.create(owner, { ...exampleTerms(terms) });
  for (const step of STEPS[status]) {
    await step(id);
  }
  world.clock.set(LATER);
  if (status === 'expired') {
    await world.dueMoves.sweep();
  }
  expect(await statusOf(id)).toBe(status);
  return id;
}

type Step = (id: string) => Promise<unknown>;
const submit: Step = (id) => world.submit(world.as(PROVIDER.owner), id);
const accept: Step = async (id) => {
  await world.accept(PROVIDER.dpo, id);
  await world.accept(RECIPIENT.dpo, id);
};
const sign: Step = async (id) => {
  world.clock.set(IN_FORCE);
  const versionHash = await hashOf(id);
  for (const personId of [PROVIDER.signatory, RECIPIENT.signatory]) {
    await world.acts.sign(world.as(personId), id, { decision: 'sign', versionHash });
  }
};
const suspend: Step = (id) => world.acts.suspend(world.as(PROVIDER.signatory), id, WHY);
const terminate: Step = async (id) => {
  const at = { reason: WHY, urgent: true };
  const proposed = await world.acts.terminate(world.as(PROVIDER.signatory), id, at);
  const approvalId = 'approvalId' in proposed ? proposed.approvalId : '';
  await world.approvals.approve(world.as(PROVIDER.dpo), approvalId);
};
const STEPS: Readonly<Record<Reachable, readonly Step[]>> = {
  draft: [],
  in_review: [submit],
  awaiting_signature: [submit, accept],
  active: [submit, accept, sign],
  suspended: [submit, accept, sign, suspend],
  expired: [submit, accept, sign],
  terminated: [submit, accept, sign, terminate],
};

const statusOf = async (id: string): Promise<string> =>
  (await world.agreements.get(world.as(world.officer), id)).status;

/** The rows of an agreement, and how many events it has. */
async function everythingOf(id: string): Promise<unknown> {
  const read = (sql: string): Promise<unknown[]> => world.database.manager.query(sql, [id]);
  return [
    await read('SELECT * FROM agreement WHERE id = $1'),
    await read('SELECT * FROM agreement_version WHERE agreement_id = $1 ORDER BY version'),
    await read('SELECT * FROM agreement_party WHERE agreement_id = $1 ORDER BY id'),
    await read('SELECT * FROM agreement_signoff WHERE agreement_id = $1 ORDER BY id'),
    await read('SELECT count(*) FROM audit_event WHERE agreement_id = $1'),
  ];
}

/** Before it is put to the parties, the drafting organisation alone has it, and its other people stand nowhere in it. */
function standingsIn(status: VersionStatus, personId: string): ReadonlySet<Standing> {
  if (personId === world.officer) {
    return new Set(['operator_ig_officer']);
  }
  const stands = new Set<Standing>(STANDS[personId] ?? []);
  if (status === 'draft') {
    return new Set([...stands].filter((standing) => standing === 'drafting_data_owner'));
  }
  if (PREPARING.includes(status)) {
    stands.delete('party_data_owner');
  }
  return stands;
}

/** What section 3 says becomes of the call. */
function expected({ act: actIn }: Call, status: VersionStatus, personId: string): string {
  const isStranger = !(personId in STANDS) && personId !== world.officer;
  const isHidden = status === 'draft' && !isOfProvider(personId) && personId !== world.officer;
  if (isStranger || isHidden) {
    return 'not_found';
  }
  const act = actIn(status);
  if (!mayMove(standingsIn(status, personId), act)) {
    return 'operation_denied';
  }
  const from: readonly VersionStatus[] = VERSION_TRANSITIONS[act].from;
  return from.includes(status) ? 'done' : 'transition_not_allowed';
}

const isOfProvider = (personId: string): boolean =>
  OFFICES.some((office) => PROVIDER[office] === personId);

describe('every move of a version, by everybody, in every status', () => {
  const agreements = new Map<Reachable, string>();
  let people: readonly string[];

  beforeAll(async () => {
    people = [
      ...Object.keys(STANDS),
      world.officer,
      world.stranger,
      ...OFFICES.map((office) => NEWCOMER[office]),
    ];
    for (const status of STATUSES) {
      agreements.set(status, await agreementIn(status));
    }
  });

  it.each(Object.keys(CALLS))('%s', async (name) => {
    const call = CALLS[name] as Call;
    for (const status of STATUSES) {
      const id = agreements.get(status) ?? '';
      const before = await everythingOf(id);
      for (const personId of people) {
        const outcome = expected(call, status, personId);
        const target = outcome === 'done' ? await agreementIn(status) : id;
        const known = await world.eventsOf(target);
        const code = await codeOf(
          call.run(world.as(personId), target).then(agree(call.act(status), personId)),
        );
        expect([name, status, personId, code]).toEqual([name, status, personId, outcome]);
        if (outcome === 'done') {
          const told = [...known, EVENT[call.act(status)]].sort();
          expect(await world.eventsOf(target)).toEqual(told);
        }
      }
      // Refused is refused: nothing changed, and no event says that it did.
      expect(await everythingOf(id)).toEqual(before);
    }
  });
});
