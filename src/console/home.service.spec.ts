import { Module, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { testConfig } from '../../test/support/config.js';
import {
  BOROUGH,
  insertConsoleData,
  OUTSIDER,
  READ_AT,
  RESEARCHER,
  STRANGER,
  UNIVERSITY,
} from '../../test/support/console-data.js';
import { testDatabase, type TestDatabase } from '../../test/support/database.js';
import { HandClock } from '../../test/support/hand-clock.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuditService } from '../audit/audit.service.js';
import { ConfigModule } from '../config/config.module.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import type { Role } from '../identity/roles.js';
import { Database } from '../platform/database/database.js';
import { DatabaseModule } from '../platform/database/database.module.js';
import { ObjectStoreModule } from '../platform/object-store/object-store.module.js';
import { SecretsModule } from '../platform/secrets/secrets.module.js';
import { migrateSecrets } from '../platform/secrets/subject-keys.js';
import { SigningModule } from '../platform/signing/signing.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { presentHome } from './home.presenter.js';
import { HomeRepository } from './home.repository.js';
import { HomeService } from './home.service.js';

@Module({
  imports: [
    DatabaseModule,
    SecretsModule,
    ObjectStoreModule,
    SigningModule,
    AuditModule,
    PolicyModule,
  ],
  providers: [Authorisation, HomeService, HomeRepository],
})
class HomeModule {}

const PUBLIC_AND_PARTIES = ['Footfall counts', 'School travel <surveys>'];
const ALL_PUBLISHED = [
  'Footfall counts',
  'Parking permits',
  PUBLIC_AND_PARTIES[1],
  'Tenancy records',
];

function principal(personId: string, organisationId: string, roles: readonly Role[]): Principal {
  return {
    kind: 'person',
    personId,
    pseudonym: 'P-aaaaaaaa',
    name: null,
    issuer: 'https://id.example',
    subject: personId,
    memberships: [
      {
        membershipId: personId,
        organisationId,
        organisationName: 'Their organisation',
        isOperator: false,
        position: 'Analyst',
        roles,
      },
    ],
    authLevel: 2,
    acr: null,
    amr: [],
    authenticatedAt: null,
    via: 'session',
    ip: null,
    country: null,
  };
}

describe('the first page of a person', () => {
  const clock = new HandClock(READ_AT);
  let db: TestDatabase;
  let app: INestApplicationContext;

  beforeAll(async () => {
    db = await testDatabase();
    await migrateSecrets(db.urlFor('postgres'));
    const config = testConfig({
      databaseUrl: db.url,
      secretsDatabaseUrl: db.urlFor('concordat_secrets'),
    });
    app = await Test.createTestingModule({
      imports: [ConfigModule.with(config, clock), HomeModule],
    }).compile();
    app.useLogger(false);
    await app.init();
    await insertConsoleData(app.get(Database), app.get(AuditService), 'https://id.example');
  });
  afterAll(async () => {
    await app.close();
    await db.close();
  });
  beforeEach(() => {
    clock.set(READ_AT.toISOString());
  });

  const read = (who: Principal) => app.get(HomeService).read(who);

  it.each([
    {
      who: 'a member of a party',
      as: [RESEARCHER, UNIVERSITY, ['researcher']],
      sees: { datasets: PUBLIC_AND_PARTIES, agreements: 1, grants: 2 },
    },
    {
      who: 'a member of the owner',
      as: [OUTSIDER, BOROUGH, ['data_owner']],
      sees: { datasets: ALL_PUBLISHED, agreements: 1, grants: 0 },
    },
    {
      who: 'a stranger',
      as: [OUTSIDER, STRANGER, ['researcher']],
      sees: { datasets: ['Footfall counts'], agreements: 0, grants: 0 },
    },
    {
      who: 'a member without a role (R1.1)',
      as: [OUTSIDER, BOROUGH, []],
      sees: { datasets: ['Footfall counts'], agreements: 0, grants: 0 },
    },
    {
      who: 'an officer, whose right to read everywhere makes nothing theirs,',
      as: [OUTSIDER, STRANGER, ['ig_officer']],
      sees: { datasets: ['Footfall counts'], agreements: 0, grants: 0 },
    },
  ] as const)('of $who lists what visibility, parties and the holder decide', async (row) => {
    const home = await read(principal(row.as[0], row.as[1], row.as[2]));
    expect({
      datasets: home.datasets.map(({ title }) => title),
      agreements: home.agreements.length,
      grants: home.grants.length,
    }).toEqual(row.sees);
  });

  it('stops listing the data of an agreement at its end, before any job has run (R3.25)', async () => {
    clock.set('2027-05-31T23:00:00Z');
    const home = await read(principal(RESEARCHER, UNIVERSITY, ['researcher']));
    expect(home.datasets.map(({ title }) => title)).toEqual(['Footfall counts']);
  });

  it('lists no version to a party that left before it, nor to one that is asked to the next', async () => {
    const who = principal(RESEARCHER, UNIVERSITY, ['researcher']);
    const listedWhere = async (place: string): Promise<number> => {
      await app
        .get(Database)
        .manager.query(`UPDATE agreement_party SET ${place} WHERE organisation_id = $1`, [
          UNIVERSITY,
        ]);
      return (await read(who)).agreements.length;
    };
    expect(await listedWhere('since_version = 2')).toBe(0);
    expect(await listedWhere('since_version = 0, until_version = 0')).toBe(0);
    expect(await listedWhere('since_version = 1, until_version = NULL')).toBe(1);
  });

  it('is presented in words: inclusive last day, own places, ended grants as expired', async () => {
    const who = principal(RESEARCHER, UNIVERSITY, ['researcher']);
    const page = presentHome(who, await read(who));
    expect(page.you).toContainEqual({
      key: 'Their organisation',
      value: 'Analyst, researcher',
      href: `/organisations/${UNIVERSITY}`,
    });
    expect(page.agreements).toEqual({
      hasMore: false,
      rows: [
        {
          href: '/agreements/01990000-0000-7000-8000-0000000000e1',
          reference: 'CON-2026-0001',
          title: 'Safer crossings',
          places: ['City University: receives data'],
          lastDay: '2027-05-31',
          tag: { text: 'Active', classes: 'govuk-tag--green' },
        },
      ],
    });
    expect(page.grants.rows.map(({ tag }) => tag.text)).toEqual(['Expired', 'Active']);
  });

  it('never reads where data lies (R8.7)', async () => {
    const home = await read(principal(OUTSIDER, BOROUGH, ['data_owner']));
    expect(JSON.stringify(home)).not.toMatch(/hidden-bucket|store\.example|counts\//);
  });
});
