import { testDatabase, type TestDatabase } from './support/database.js';
import { fillManyRows, id, ROWS, scannedBy } from './support/many-rows.js';
import { asSuperuser } from './support/superuser.js';
import { PersonAccessRepository } from '../src/identity/person-access.repository.js';
import { ServicePrincipals } from '../src/identity/service-principals.repository.js';
import type { Database, Tx } from '../src/platform/database/database.js';
import { InvitationsRepository } from '../src/organisations/invitations/invitations.repository.js';
import { ServiceAccountsRepository } from '../src/organisations/service-accounts/service-accounts.repository.js';
import { TeamsRepository } from '../src/organisations/teams/teams.repository.js';

const NOW = new Date('2026-06-01T09:00:00Z');
const TODAY = '2026-06-01';
const [event, org, person] = [id('e'), id('1'), id('2')] as const;

/** One of each kind in every organisation; of the invitations one in a thousand is open. */
const FILL = `
  SET session_replication_role = replica;
  INSERT INTO service_account (id, organisation_id, issuer, client_id, name, accountable_id, roles, status, created_at,
    audit_event_id)
  SELECT ${person}, ${org}, 'i', 'c' || n, 'n', ${person}, '{researcher}', 'active', '2026-01-01', ${event}
  FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO invitation (id, organisation_id, email, token_sha256, position, starts_on, roles, expires_at, invited_by,
    invited_as, invited_at, status, ended_at, audit_event_id)
  SELECT ${person}, ${org}, CASE WHEN n % 1000 = 711 THEN n || '@example.org' END, sha256(n::text::bytea), 'p',
    '2026-01-01', '{researcher}', '2026-06-05', ${person}, 'data_owner', '2026-05-22',
    CASE WHEN n % 1000 = 711 THEN 'open' ELSE 'expired' END, CASE WHEN n % 1000 <> 711 THEN '2026-05-30'::timestamptz END,
    ${event} FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO personal_token (id, person_id, name, digest, scopes, auth_level, created_at, expires_at, audit_event_id)
  SELECT ${person}, ${person}, 'n', sha256(n::text::bytea), '{grant:read}', 1, '2026-05-01', '2026-07-01', ${event}
  FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO team (id, organisation_id, name, contact, is_public, created_at, audit_event_id)
  SELECT ${person}, ${org}, 'n', 'a@b.c', true, '2026-01-01', ${event} FROM generate_series(1, ${String(ROWS)}) n;
  INSERT INTO team_member (team_id, membership_id, audit_event_id)
  SELECT ${person}, ${person}, ${event} FROM generate_series(1, ${String(ROWS)}) n;
  ANALYZE`;

describe('among twenty thousand organisations, people and programs', () => {
  let db: TestDatabase;
  let scanned: string[];
  let tx: Tx;
  const uuid = (kind: string): string => `${kind.padStart(8, '0')}-0000-4000-8000-000000000711`;
  const invitations = new InvitationsRepository();
  const services = new ServiceAccountsRepository();

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
    await asSuperuser(db, FILL);
    tx = {
      query: async (sql: string, params: unknown[]) => {
        scanned.push(...(await scannedBy(db, sql, params)));
        return db.database.manager.query<unknown>(sql, params);
      },
    } as unknown as Tx;
  }, 120_000);
  beforeEach(() => {
    scanned = [];
  });
  afterAll(() => db.close());

  it.each<[string, () => Promise<unknown>]>([
    [
      'a program that calls',
      () => new ServicePrincipals({ manager: tx } as unknown as Database).find('i', 'c711', TODAY),
    ],
    ['an invitation’s link', () => invitations.findByDigest(tx, Buffer.alloc(32))],
    ['the inviter of one', () => inviter()],
    ['what is open of an inviter', () => invitations.lockOpen(tx, { invitedBy: uuid('2') })],
    [
      'what is open of an organisation',
      () => invitations.lockOpen(tx, { organisationId: uuid('1') }),
    ],
    ['what nobody accepted in time', () => invitations.lockDue(tx, NOW, 100)],
    ['the invitations of an organisation', () => invitations.list(tx, uuid('1'), null, 100)],
    [
      'the programs that somebody answers for',
      () => services.lockActive(tx, { accountableId: uuid('2') }),
    ],
    [
      'the programs of an organisation',
      () => services.lockActive(tx, { organisationId: uuid('1') }),
    ],
    [
      'the tokens of a person',
      () => new PersonAccessRepository().lockLiveTokens(tx, uuid('2'), NOW),
    ],
    ['the teams of an organisation', () => new TeamsRepository().listOwn(tx, uuid('1'), TODAY)],
  ])('finds %s by index', async (_, ask) => {
    await ask();
    expect(scanned).toEqual([]);
  });

  async function inviter(): Promise<unknown> {
    const [one] = await invitations.lockOpen(tx, { organisationId: uuid('1') });
    expect(one).toBeDefined();
    return one && invitations.isInviterStanding(tx, one, TODAY);
  }
});
