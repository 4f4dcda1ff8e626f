import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/agreements.module.js';
import { AnalysisModule } from '../analysis/analysis.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { DashboardPages } from './dashboard/dashboard.pages.js';
import { DashboardRepository } from './dashboard/dashboard.repository.js';
import { ExportsModule } from './exports/exports.module.js';
import { AlertPages } from './pages/alerts.pages.js';
import { AccountingPages } from './pages/accounting.pages.js';
import { EventPages } from './pages/events.pages.js';
import { ExportPages } from './pages/exports.pages.js';
import { ProofPages } from './pages/proof.pages.js';
import { ReconciliationPages } from './pages/reconciliation.pages.js';
import { ReportQuestions } from './pages/report-questions.js';
import { ReportPages } from './pages/reports.pages.js';
import { StoryPages } from './pages/stories.pages.js';
import { ReadingModule } from './reading.module.js';
import { AccessReportApi } from './reports/access/access.api.js';
import { AccountingReportApi } from './reports/accounting/accounting.api.js';
import { AlertsReportApi } from './reports/alerts/alerts-report.api.js';
import { ChangesReportApi } from './reports/changes/changes.api.js';
import { ClosuresReportApi } from './reports/closures/closures.api.js';
import { DisclosuresReportApi } from './reports/disclosures/disclosures.api.js';
import { ExpiriesReportApi } from './reports/expiries/expiries.api.js';
import { ExplanationReportApi } from './reports/explanation/explanation.api.js';
import { IntegrityReportApi } from './reports/integrity/integrity.api.js';
import { ReconciliationReportApi } from './reports/reconciliation/reconciliation.api.js';
import { ReportsModule } from './reports/reports.module.js';
import { RevealModule } from './reveal/reveal.module.js';
import { ReviewModule } from './review.module.js';
import { SavedQueriesRepository } from './saved-queries/saved-queries.repository.js';
import { SavedQueries } from './saved-queries/saved-queries.service.js';

/** The console's pages of the slice. A page asks a question as the API does: by the same handler. */
@Module({
  imports: [
    AgreementsModule,
    AnalysisModule,
    AuditModule,
    IdentityModule,
    OrganisationsModule,
    AlertsModule,
    ExportsModule,
    ReadingModule,
    ReportsModule,
    RevealModule,
    ReviewModule,
  ],
  controllers: [
    DashboardPages,
    EventPages,
    ReportPages,
    ProofPages,
    ExportPages,
    ReconciliationPages,
    AlertPages,
    AccountingPages,
    StoryPages,
  ],
  providers: [
    DashboardRepository,
    ReportQuestions,
    SavedQueries,
    SavedQueriesRepository,
    AccessReportApi,
    AccountingReportApi,
    AlertsReportApi,
    ChangesReportApi,
    ClosuresReportApi,
    DisclosuresReportApi,
    ExpiriesReportApi,
    ExplanationReportApi,
    IntegrityReportApi,
    ReconciliationReportApi,
  ],
})
export class ReviewPagesModule {}
