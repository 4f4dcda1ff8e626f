import {
  exampleTerms,
  FOOTFALL,
  PROVIDER,
  RECIPIENT,
} from '../../../test/support/agreement-terms.js';
import { agreementWorld, type AgreementWorld } from '../../../test/support/agreement-world.js';
import { validateOdrl } from '../../../test/support/odrl-schema.js';
import { AuditService } from '../../audit/audit.service.js';
import { isConcordatError } from '../../kernel/errors.js';
import { AgreementGate } from '../lifecycle/agreement-gate.js';
import { OdrlExport } from './odrl-export.service.js';

const SOURCE = { traceId: 'a'.repeat(32) };

let world: AgreementWorld;
let odrl: OdrlExport;
let draft: string;
let active: string;

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
  );
const exported = async (id: string): Promise<number> =>
  (await world.eventsOf(id)).filter((type) => type === 'audit.exported').length;

async function drafted(): Promise<string> {
  const { id } = await world.agreements.create(world.as(PROVIDER.owner), {
    organisationId: PROVIDER.id,
    ...exampleTerms(),
  });
  return id;
}

async function inForce(): Promise<string> {
  const id = await drafted();
  await world.submit(world.as(PROVIDER.owner), id);
  await world.accept(PROVIDER.dpo, id);
  const { versionHash } = await world.accept(RECIPIENT.dpo, id);
  world.clock.set('2026-06-01T09:00:00+01:00');
  const sign = { decision: 'sign', versionHash: versionHash ?? '' } as const;
  await world.acts.sign(world.as(PROVIDER.signatory), id, sign);
  await world.acts.sign(world.as(RECIPIENT.signatory), id, sign);
  return id;
}

beforeAll(async () => {
  world = await agreementWorld();
  odrl = new OdrlExport(world.database, world.app.get(AgreementGate), world.app.get(AuditService));
  active = await inForce();
  draft = await drafted();
});
afterAll(() => world.close());

describe('the ODRL of a live agreement', () => {
  it('keeps to the schema and names the parties, the data and the signed hash', async () => {
    const { versionHash } = await world.agreements.get(world.as(PROVIDER.owner), active);
    const policy = await odrl.export(world.as(PROVIDER.owner), active, undefined, SOURCE);
    validateOdrl(JSON.parse(JSON.stringify(policy)));
    expect(validateOdrl.errors ?? []).toEqual([]);
    expect(policy).toMatchObject({
      uid: `urn:uuid:${active}`,
      'schema:sha256': versionHash?.slice('sha-256:'.length),
      permission: [
        {
          target: `urn:uuid:${FOOTFALL}`,
          action: 'read',
          assigner: `urn:uuid:${PROVIDER.id}`,
          assignee: [`urn:uuid:${RECIPIENT.id}`],
        },
      ],
    });
  });

  it('R6.2: is an event for every participant', async () => {
    const before = await exported(active);
    await odrl.export(world.as(RECIPIENT.dpo), active, 1, SOURCE);
    expect(await exported(active)).toBe(before + 1);
    const [event] = await world.database.manager.query<Record<string, unknown>[]>(
      `SELECT reason_codes AS reasons, to_jsonb(organisation_ids) AS organisations FROM audit_event
       WHERE type = 'audit.exported' AND agreement_id = $1 ORDER BY id DESC LIMIT 1`,
      [active],
    );
    expect(event).toEqual({ reasons: ['odrl'], organisations: [PROVIDER.id, RECIPIENT.id] });
  });

  it('is for the operator’s officer too', async () => {
    expect(await codeOf(odrl.export(world.as(world.officer), active, undefined, SOURCE))).toBe(
      'none',
    );
  });

  it.each([
    ['a stranger', () => active, undefined],
    ['a version that is not there', () => active, 9],
    ['an agreement that is not there', () => FOOTFALL, undefined],
  ])('is not found for %s, and nothing is recorded', async (who, id, version) => {
    const before = await exported(active);
    const caller = world.as(who === 'a stranger' ? world.stranger : PROVIDER.owner);
    expect(await codeOf(odrl.export(caller, id(), version, SOURCE))).toBe('not_found');
    expect(await exported(active)).toBe(before);
  });

  it('is refused for a draft, to which nobody has agreed', async () => {
    expect(await codeOf(odrl.export(world.as(PROVIDER.owner), draft, undefined, SOURCE))).toBe(
      'transition_not_allowed',
    );
    expect(await exported(draft)).toBe(0);
  });
});
