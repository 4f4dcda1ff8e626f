import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/agreements.module.js';
import { GrantsPagesModule } from '../grants/grants-pages.module.js';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { RequestsModule } from '../requests/requests.module.js';
import { AnalysisModule } from './analysis.module.js';
import { GuardrailPages } from './guardrails/guardrails.pages.js';
import { AgreementStopPages } from './impact/agreement-stops.pages.js';
import { ExplanationPages } from './explain/explanation.pages.js';

/** The console's pages of the slice. */
@Module({
  imports: [
    AgreementsModule,
    AnalysisModule,
    GrantsPagesModule,
    OrganisationsModule,
    RequestsModule,
  ],
  controllers: [AgreementStopPages, ExplanationPages, GuardrailPages],
})
export class AnalysisPagesModule {}
