import { Module } from '@nestjs/common';
import { AgreementsModule } from '../../agreements/agreements.module.js';
import { AnalysisModule } from '../../analysis/analysis.module.js';
import { GrantsModule } from '../../grants/grants.module.js';
import { AuditModule } from '../../audit/audit.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { ReadingModule } from '../reading.module.js';
import { AccessReportApi } from './access/access.api.js';
import { AccountingReportApi } from './accounting/accounting.api.js';
import { ActivityReportApi } from './activity/activity.api.js';
import { AlertsReportApi } from './alerts/alerts-report.api.js';
import { UnusualViews } from './alerts/unusual-views.service.js';
import { BasisReportApi } from './basis/basis.api.js';
import { ChangesReportApi } from './changes/changes.api.js';
import { VersionChanges } from './changes/version-changes.service.js';
import { ClosuresReportApi } from './closures/closures.api.js';
import { DecisionReportApi } from './decision/decision.api.js';
import { DisclosuresReportApi } from './disclosures/disclosures.api.js';
import { ExpiriesReportApi } from './expiries/expiries.api.js';
import { ExplanationReportApi } from './explanation/explanation.api.js';
import { ImpactFinding } from './impact/impact-finding.service.js';
import { ImpactReportApi } from './impact/impact.api.js';
import { IntegrityReportApi } from './integrity/integrity.api.js';
import { ReportFiles } from './files/report-files.service.js';
import { NamedEvents } from './named-events.service.js';
import { ReconciliationReportApi } from './reconciliation/reconciliation.api.js';
import { Reports } from './reports.service.js';
import { Things } from './things.repository.js';

/** The questions of information governance (domain.md section 5), each answered in one request. */
@Module({
  imports: [
    AgreementsModule,
    AnalysisModule,
    AuditModule,
    GrantsModule,
    IdentityModule,
    ReadingModule,
  ],
  controllers: [
    AccessReportApi,
    ActivityReportApi,
    DisclosuresReportApi,
    BasisReportApi,
    DecisionReportApi,
    AccountingReportApi,
    ExplanationReportApi,
    AlertsReportApi,
    ReconciliationReportApi,
    ClosuresReportApi,
    IntegrityReportApi,
    ExpiriesReportApi,
    ImpactReportApi,
    ChangesReportApi,
  ],
  providers: [
    Reports,
    ReportFiles,
    NamedEvents,
    UnusualViews,
    Things,
    ImpactFinding,
    VersionChanges,
  ],
  exports: [Reports, NamedEvents, UnusualViews, VersionChanges],
})
export class ReportsModule {}
