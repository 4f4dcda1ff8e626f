import type { Json } from '../../../kernel/canonical-json.js';
import type { Columns } from '../../exports/formats/table.js';
import type { NamedEventView } from '../named-events.service.js';
import type { AlertView, UnusualView } from './unusual-views.service.js';

/** Of an alert, of an event, or of both. */
export const UNUSUAL_COLUMNS: Columns<UnusualView> = {
  id: ({ id }) => id,
  kind: ({ kind }) => kind,
  at: ({ at }) => at,
  rule: ofAlert(({ rule }) => rule),
  day: ofAlert(({ day }) => day),
  subject: ofAlert(({ subject }) => subject.kind),
  found: ofAlert(({ found }) => found),
  usual: ofAlert(({ usual }) => usual),
  threshold: ofAlert(({ threshold }) => threshold),
  status: ofAlert(({ status }) => status),
  closedAt: ofAlert(({ closed }) => closed?.at),
  closedBy: ofAlert(({ closed }) => closed?.by),
  closedReason: ofAlert(({ closed }) => closed?.reason),
  type: ofEvent(({ type }) => type),
  route: ofEvent((event) => event['route']),
  count: ofEvent((event) => event['count']),
  bytes: ofEvent((event) => event['bytes']),
  reasonCodes: ofEvent((event) => event['reasonCodes']),
  person: (view) => (view.kind === 'alert' ? view.subject.pseudonym : view.event['actorPersonId']),
  organisation: ofAlert(({ subject }) => subject.organisation?.name),
  grantId: (view) => (view.kind === 'alert' ? view.subject.grantId : view.event['grantId']),
  datasetId: (view) => (view.kind === 'alert' ? view.subject.dataset?.id : view.event['datasetId']),
};

function ofAlert(cell: (alert: AlertView) => Json | undefined) {
  return (view: UnusualView) => (view.kind === 'alert' ? cell(view) : undefined);
}

function ofEvent(cell: (event: NamedEventView) => Json | undefined) {
  return (view: UnusualView) => (view.kind === 'alert' ? undefined : cell(view.event));
}
