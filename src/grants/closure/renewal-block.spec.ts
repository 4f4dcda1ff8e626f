import { grantWorld, GROUND, type GrantWorld } from '../../../test/support/grant-world.js';
import type { AgreementVersion } from '../../agreements/agreement.types.js';
import { RenewalGuards } from '../../agreements/versions/renewal-guards.js';
import { isConcordatError } from '../../kernel/errors.js';

describe('the renewal of an agreement', () => {
  let world: GrantWorld;

  beforeAll(async () => {
    world = await grantWorld();
  });
  afterAll(() => world.close());

  it.each([
    { owed: 'due', status: 'active', isBlocked: false },
    { owed: 'overdue', status: 'active', isBlocked: true },
    { owed: 'due', status: 'expired', isBlocked: true },
    { owed: 'overdue', status: 'terminated', isBlocked: true },
    { owed: null, status: 'terminated', isBlocked: false },
  ])('$status with a certificate $owed: blocked is $isBlocked', async (row) => {
    await world.force('DELETE FROM closure');
    if (row.owed !== null) {
      await world.force(
        `INSERT INTO closure (id, project_id, agreement_id, organisation_id, provider_id, status, opened_at, due_at,
           audit_event_id) SELECT uuidv7(), $1, $2, $3, $4, $5, $6, $6, audit_event_id FROM project WHERE id = $1`,
        [
          GROUND.project,
          GROUND.agreement,
          GROUND.recipient,
          GROUND.provider,
          row.owed,
          world.clock.now(),
        ],
      );
    }
    const agreement = { id: GROUND.agreement, status: row.status } as AgreementVersion;
    const guards = world.app.get(RenewalGuards, { strict: false });
    const renewal = world.database.transaction((tx) => guards.requireFree(tx, agreement));
    const code = await renewal.then(
      () => 'none',
      (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
    );
    expect(code).toBe(row.isBlocked ? 'closure_overdue' : 'none');
  });
});
