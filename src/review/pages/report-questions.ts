import { Injectable } from '@nestjs/common';
import { capitalised } from '../../kernel/capitalised.js';
import { ACCESS_COLUMNS } from '../reports/access/access.columns.js';
import { AccessQueryDto, AccessReportApi } from '../reports/access/access.api.js';
import { AlertsQueryDto, AlertsReportApi } from '../reports/alerts/alerts-report.api.js';
import { UNUSUAL_COLUMNS } from '../reports/alerts/unusual.columns.js';
import { ChangesQueryDto, ChangesReportApi } from '../reports/changes/changes.api.js';
import { CHANGE_COLUMNS } from '../reports/changes/change.columns.js';
import { ClosuresQueryDto, ClosuresReportApi } from '../reports/closures/closures.api.js';
import { CLOSURE_COLUMNS } from '../reports/closures/closure.columns.js';
import { DISCLOSURE_COLUMNS } from '../reports/disclosures/disclosure.columns.js';
import {
  DisclosuresQueryDto,
  DisclosuresReportApi,
} from '../reports/disclosures/disclosures.api.js';
import { ExpiriesQueryDto, ExpiriesReportApi } from '../reports/expiries/expiries.api.js';
import { EXPIRY_COLUMNS } from '../reports/expiries/expiry.columns.js';
import {
  datasetField,
  organisationField,
  REPORT_LABELS,
  textField,
  type ReportPage,
} from './report-pages.js';

/** Keeps each question's own types while they stand in one list. */
function page<Dto extends object, View>(report: ReportPage<Dto, View>): ReportPage {
  return report as unknown as ReportPage;
}

/** The questions whose answer is a list: asked as the API asks them. */
@Injectable()
export class ReportQuestions {
  readonly all: readonly ReportPage[];

  // eslint-disable-next-line max-params -- a question each
  constructor(
    access: AccessReportApi,
    disclosures: DisclosuresReportApi,
    expiries: ExpiriesReportApi,
    closures: ClosuresReportApi,
    alerts: AlertsReportApi,
    changes: ChangesReportApi,
  ) {
    this.all = [
      page({
        name: 'access',
        question: 'Who could reach this dataset, by what right, and who read it?',
        labels: REPORT_LABELS,
        fields: (chosen) => [datasetField(chosen), textField('at')],
        needs: ['datasetId'],
        dto: AccessQueryDto,
        ask: (principal, dto, request) => access.list(principal, dto, request),
        columns: ACCESS_COLUMNS,
        shown: [
          'person',
          'organisation',
          'project',
          'agreement',
          'agreementVersion',
          'issuedAt',
          'reachableUntil',
          'deliveries',
          'lastReadAt',
          'grantId',
        ],
      }),
      page({
        name: 'disclosures',
        question: 'Which data left, to whom, and when?',
        labels: REPORT_LABELS,
        fields: (chosen) => [
          datasetField(chosen),
          organisationField(chosen),
          textField('person'),
          textField('agreementId'),
          textField('grantId'),
          textField('from'),
          textField('to'),
        ],
        needs: [],
        dto: DisclosuresQueryDto,
        ask: (principal, dto, request) => disclosures.list(principal, dto, request),
        columns: DISCLOSURE_COLUMNS,
        shown: [
          'occurredAt',
          'kind',
          'object',
          'bytes',
          'person',
          'recipient',
          'dataset',
          'agreement',
          'agreementVersion',
          'accessRequest',
          'grantId',
          'id',
        ],
      }),
      page({
        name: 'expiries',
        question: 'What lapses, or is to be reviewed, soon or late?',
        labels: REPORT_LABELS,
        fields: (chosen) => [textField('days'), organisationField(chosen)],
        needs: [],
        dto: ExpiriesQueryDto,
        ask: (principal, dto, request) => expiries.list(principal, dto, request),
        columns: EXPIRY_COLUMNS,
        shown: ['dueOn', 'daysLeft', 'isLate', 'kind', 'cause', 'about', 'organisations', 'people'],
      }),
      page({
        name: 'alerts',
        question: 'What was refused, has failed or was unusual?',
        labels: REPORT_LABELS,
        fields: (chosen) => [
          {
            type: 'select',
            name: 'status',
            items: [
              { value: '', text: 'All that was unusual' },
              { value: 'open', text: 'Open' },
              { value: 'closed', text: 'Closed' },
            ],
          },
          organisationField(chosen),
          datasetField(chosen),
          textField('person'),
          textField('from'),
          textField('to'),
        ],
        needs: [],
        dto: AlertsQueryDto,
        ask: (principal, dto, request) => alerts.list(principal, dto, request),
        columns: UNUSUAL_COLUMNS,
        shown: [
          'at',
          'kind',
          'rule',
          'type',
          'person',
          'organisation',
          'found',
          'usual',
          'status',
          'reasonCodes',
          'route',
          'id',
        ],
      }),
      page({
        name: 'closures',
        question: 'Which data should be destroyed and is not?',
        labels: REPORT_LABELS,
        fields: (chosen) => [organisationField(chosen), textField('agreementId')],
        needs: [],
        dto: ClosuresQueryDto,
        ask: (principal, dto, request) => closures.list(principal, dto, request),
        columns: CLOSURE_COLUMNS,
        shown: [
          'state',
          'dueAt',
          'daysLate',
          'organisation',
          'provider',
          'project',
          'agreement',
          'attestedAt',
          'id',
        ],
      }),
      page({
        name: 'changes',
        question: 'Who changed this, and what was it before?',
        labels: REPORT_LABELS,
        fields: () => [
          {
            type: 'select',
            name: 'type',
            items: ['agreement', 'dataset', 'organisation', 'person', 'store', 'project'].map(
              (value) => ({
                value,
                text: capitalised(value),
              }),
            ),
          },
          textField('id'),
          textField('from'),
          textField('to'),
        ],
        needs: ['type', 'id'],
        dto: ChangesQueryDto,
        ask: (principal, dto, request) => changes.list(principal, dto, request),
        columns: CHANGE_COLUMNS,
        shown: [
          'occurredAt',
          'type',
          'outcome',
          'actorPersonId',
          'changedPaths',
          'reasonText',
          'versionChanges',
          'id',
        ].filter((name) => name in CHANGE_COLUMNS),
      }),
    ];
  }
}
