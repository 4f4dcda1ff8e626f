import { Module, type DynamicModule } from '@nestjs/common';
import { AgreementsJobsModule } from './agreements/agreements-jobs.module.js';
import { AgreementsPagesModule } from './agreements/agreements-pages.module.js';
import { AgreementsModule } from './agreements/agreements.module.js';
import { AnalysisPagesModule } from './analysis/analysis-pages.module.js';
import { AnalysisModule } from './analysis/analysis.module.js';
import { AuditJobsModule } from './audit/audit-jobs.module.js';
import { AuditModule } from './audit/audit.module.js';
import { LogGaugesModule } from './audit/log-gauges.module.js';
import { CascadeModule } from './cascade/cascade.module.js';
import { CatalogueJobsModule } from './catalogue/catalogue-jobs.module.js';
import { CataloguePagesModule } from './catalogue/catalogue-pages.module.js';
import { CatalogueModule } from './catalogue/catalogue.module.js';
import { HarvestJobsModule } from './catalogue/harvest/harvest-jobs.module.js';
import { HarvestPagesModule } from './catalogue/harvest/harvest-pages.module.js';
import { HarvestModule } from './catalogue/harvest/harvest.module.js';
import type { Config, WorkerConfig } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { ConsoleModule } from './console/console.module.js';
import { DeliveryJobsModule } from './delivery/delivery-jobs.module.js';
import { DeliveryModule } from './delivery/delivery.module.js';
import { ErasureJobsModule } from './erasure/erasure-jobs.module.js';
import { ErasurePagesModule } from './erasure/erasure-pages.module.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { GrantsJobsModule } from './grants/grants-jobs.module.js';
import { GrantsPagesModule } from './grants/grants-pages.module.js';
import { GrantsModule } from './grants/grants.module.js';
import { IdentityJobsModule } from './identity/identity-jobs.module.js';
import { IdentityPagesModule } from './identity/identity-pages.module.js';
import { IdentityModule } from './identity/identity.module.js';
import { systemClock, type Clock } from './kernel/clock.js';
import { OperatorBootstrapModule } from './organisations/bootstrap/bootstrap.module.js';
import { OrganisationsPagesModule } from './organisations/organisations-pages.module.js';
import { OrganisationsJobsModule } from './organisations/organisations-jobs.module.js';
import { OrganisationsModule } from './organisations/organisations.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { MailJobsModule } from './platform/mail/mail-jobs.module.js';
import { MailModule } from './platform/mail/mail.module.js';
import { IdempotencyJobsModule } from './platform/database/idempotency-jobs.module.js';
import { ObjectStoreModule } from './platform/object-store/object-store.module.js';
import { SecretsModule } from './platform/secrets/secrets.module.js';
import { SigningJobsModule } from './platform/signing/signing-jobs.module.js';
import { KeyRotationModule } from './platform/signing/key-rotation.module.js';
import { SigningModule } from './platform/signing/signing.module.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';
import { WebModule } from './platform/web/web.module.js';
import { PolicyModule } from './policy/policy.module.js';
import { RequestsJobsModule } from './requests/requests-jobs.module.js';
import { RemindersJobsModule } from './reminders/reminders-jobs.module.js';
import { RemindersModule } from './reminders/reminders.module.js';
import { RequestsModule } from './requests/requests.module.js';
import { RequestsPagesModule } from './requests/requests-pages.module.js';
import { AlertGaugesModule } from './review/alerts/alert-gauges.module.js';
import { AlertsJobsModule } from './review/alerts/alerts-jobs.module.js';
import { ExportsJobsModule } from './review/exports/exports-jobs.module.js';
import { ReviewPagesModule } from './review/review-pages.module.js';
import { ReviewModule } from './review/review.module.js';
import { StoresJobsModule } from './stores/stores-jobs.module.js';
import { StoresPagesModule } from './stores/stores-pages.module.js';
import { StoresModule } from './stores/stores.module.js';

const PLATFORM = [
  DatabaseModule,
  SecretsModule,
  ObjectStoreModule,
  SigningModule,
  TelemetryModule,
  MailModule,
  WebModule,
];
const SLICES = [
  LogGaugesModule,
  AlertGaugesModule,
  AuditModule,
  IdentityModule,
  PolicyModule,
  CascadeModule,
  OrganisationsModule,
  StoresModule,
  CatalogueModule,
  HarvestModule,
  AgreementsModule,
  RequestsModule,
  RemindersModule,
  GrantsModule,
  AnalysisModule,
  DeliveryModule,
  ErasureModule,
  ReviewModule,
];
/** The console. */
const PAGES = [
  IdentityPagesModule,
  OrganisationsPagesModule,
  StoresPagesModule,
  CataloguePagesModule,
  HarvestPagesModule,
  AgreementsPagesModule,
  RequestsPagesModule,
  GrantsPagesModule,
  AnalysisPagesModule,
  ErasurePagesModule,
  ReviewPagesModule,
  ConsoleModule,
];
const JOBS = [
  AuditJobsModule,
  MailJobsModule,
  IdentityJobsModule,
  OrganisationsJobsModule,
  IdempotencyJobsModule,
  SigningJobsModule,
  StoresJobsModule,
  CatalogueJobsModule,
  HarvestJobsModule,
  AgreementsJobsModule,
  RequestsJobsModule,
  RemindersJobsModule,
  GrantsJobsModule,
  DeliveryJobsModule,
  ErasureJobsModule,
  ExportsJobsModule,
  AlertsJobsModule,
];

/** The whole broker, top to bottom. */
@Module({ imports: [...PLATFORM, ...SLICES, ...PAGES] })
export class AppModule {
  static with(config: Config, clock: Clock = systemClock): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.with(config, clock)] };
  }
}

/** The broker with what is done without being asked: for the worker alone. */
@Module({ imports: [AppModule, ...JOBS] })
export class WorkerModule {
  static with(config: WorkerConfig, clock: Clock = systemClock): DynamicModule {
    return { module: WorkerModule, imports: [ConfigModule.withWorker(config, clock)] };
  }
}

/** What `concordat keys` needs. No ring: listing keys makes none, and one is taken back whether or not others open. */
@Module({ imports: [DatabaseModule, SecretsModule, KeyRotationModule, AuditModule] })
export class KeysModule {
  static with(config: Config): DynamicModule {
    return { module: KeysModule, imports: [ConfigModule.with(config)] };
  }
}

/** What `concordat log` needs. */
@Module({
  imports: [
    DatabaseModule,
    SecretsModule,
    ObjectStoreModule,
    SigningModule,
    MailModule,
    AuditModule,
  ],
})
export class LogModule {
  static with(config: WorkerConfig): DynamicModule {
    return {
      module: LogModule,
      imports: [ConfigModule.withWorker(config), AuditJobsModule.parts()],
    };
  }
}

/** What `concordat bootstrap` needs, and nothing that asks the OpenID provider or serves. */
@Module({ imports: [DatabaseModule, SecretsModule, OperatorBootstrapModule] })
export class BootstrapModule {
  static with(config: Config): DynamicModule {
    return { module: BootstrapModule, imports: [ConfigModule.with(config)] };
  }
}
