import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuditModule } from '../../src/audit/audit.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { Database, type Tx } from '../../src/platform/database/database.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { SecretsModule } from '../../src/platform/secrets/secrets.module.js';
import { PolicyModule } from '../../src/policy/policy.module.js';
import { PolicyService, type AgreementPublication } from '../../src/policy/policy.service.js';
import { PoliciesFolder, policiesFolder } from '../../src/policy/storage/policy-files.js';
import { PolicyHolder } from '../../src/policy/storage/policy-holder.js';
import { testConfig } from './config.js';
import type { TestDatabase } from './database.js';
import type { HandClock } from './hand-clock.js';

/** One process of the broker, with no more of it than policy needs. */
export interface PolicyNode {
  readonly app: INestApplicationContext;
  readonly policy: PolicyService;
  readonly database: Database;
  publish(publication: AgreementPublication): Promise<number>;
  /** From now on it hears of no publication and does not poll. */
  deafen(): Promise<void>;
  close(): Promise<void>;
}

export async function policyNode(
  db: TestDatabase,
  clock: HandClock,
  folder = policiesFolder(),
): Promise<PolicyNode> {
  const config = testConfig({
    databaseUrl: db.url,
    secretsDatabaseUrl: db.urlFor('concordat_secrets'),
  });
  const app = await Test.createTestingModule({
    imports: [
      ConfigModule.with(config, clock),
      DatabaseModule,
      SecretsModule,
      AuditModule,
      PolicyModule,
    ],
  })
    .overrideProvider(PoliciesFolder)
    .useValue(folder)
    .compile();
  app.useLogger(false);
  try {
    await app.init();
  } catch (error) {
    await app.close();
    throw error;
  }
  const policy = app.get(PolicyService);
  const database = app.get(Database);
  return {
    app,
    policy,
    database,
    publish: (publication) =>
      database.transaction((tx: Tx) => policy.publishAgreement(tx, publication)),
    deafen: () => app.get(PolicyHolder).onApplicationShutdown(),
    close: () => app.close(),
  };
}

const POLL_MS = 20;

/** Waits until a condition holds; jest's own limit ends a wait in vain. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
}
