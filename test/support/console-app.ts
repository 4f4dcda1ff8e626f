import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { startProvider } from '../../sandbox/provider/provider.js';
import { AppModule } from '../../src/app.module.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { Database } from '../../src/platform/database/database.js';
import { migrateSecrets } from '../../src/platform/secrets/subject-keys.js';
import { configureApp, HTTP_APP_OPTIONS } from '../../src/platform/web/http-app.js';
import { testConfig } from './config.js';
import { insertConsoleData } from './console-data.js';
import { testDatabase } from './database.js';
import { freeOrigin } from './sign-in-app.js';

const PASSWORD = 'correct horse';

export interface ConsoleApp {
  readonly url: string;
  /** What a persona types into the provider's page. */
  credentials(subject: 'researcher' | 'outsider' | 'nobody'): { email: string; password: string };
  close(): Promise<void>;
}

/** The console with real sign-in, sessions and database. `nobody` has an account at the provider and none here. */
export async function startConsoleApp(): Promise<ConsoleApp> {
  const db = await testDatabase();
  await migrateSecrets(db.urlFor('postgres'));
  const url = await freeOrigin();
  const clientSecret = 'a-long-enough-client-secret';
  const provider = await startProvider({
    port: 0,
    stateDir: mkdtempSync(join(tmpdir(), 'concordat-provider-')),
    publicUrl: url,
    clientSecret,
    personas: ['researcher', 'outsider', 'nobody'].map((subject) => ({
      subject,
      role: subject,
      name: `The ${subject}`,
      email: emailOf(subject),
      password: PASSWORD,
    })),
  });
  const config = testConfig({
    publicUrl: url,
    databaseUrl: db.url,
    sessionDatabaseUrl: db.urlFor('concordat_session'),
    secretsDatabaseUrl: db.urlFor('concordat_secrets'),
    oidc: { issuer: provider.issuer, clientId: 'concordat', clientSecret },
  });
  const module = await Test.createTestingModule({
    imports: [AppModule.with(config)],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>(HTTP_APP_OPTIONS);
  configureApp(app, config);
  await app.listen(Number(new URL(url).port), '127.0.0.1');
  await insertConsoleData(app.get(Database), app.get(AuditService), provider.issuer);
  return {
    url,
    credentials: (subject) => ({ email: emailOf(subject), password: PASSWORD }),
    close: async () => {
      await app.close();
      await provider.close();
      await db.close();
    },
  };
}

function emailOf(subject: string): string {
  return `${subject}@sandbox.example`;
}
