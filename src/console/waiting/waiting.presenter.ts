import { actInWords } from '../../organisations/approvals/act-words.js';
import type { ApprovalView } from '../../organisations/approvals/approvals.service.js';
import { formatDay } from '../../platform/web/date-filters.js';
import { SHOWN, type WaitingRow } from './waiting.repository.js';
import type { Waiting } from './waiting.service.js';

/** One thing to do: what it is, where, and until when. */
interface Task {
  readonly text: string;
  readonly href: string;
  readonly note?: string;
}

/** Things of one kind that wait for whoever reads the page. */
export interface TaskGroup {
  readonly id: string;
  readonly title: string;
  readonly tasks: readonly Task[];
  /** Where the rest is, when there are more than are shown. */
  readonly more?: string;
}

const ALERTS: Readonly<Record<string, string>> = {
  bytes: 'Unusual volume',
  reads: 'Unusually many reads',
  refusals: 'Many refusals',
  guessing: 'Somebody may be guessing',
  out_of_hours: 'Reads out of hours',
};

/** In the order in which others wait: what holds somebody else up comes first. */
export function presentWaiting(waiting: Waiting): readonly TaskGroup[] {
  const named = (path: (id: string) => string, until?: string) => (row: WaitingRow) => ({
    text: `${row.title === '' ? 'Untitled' : row.title} (${row.reference})`,
    href: path(row.id),
    ...(row.at !== null && until !== undefined && { note: `${until} ${formatDay(row.at)}` }),
  });
  const agreement = (page: string) => (id: string) => `/agreements/${id}${page}`;
  const groups = [
    group('sign', 'Sign', '/agreements', waiting.sign.map(named(agreement('/sign')))),
    group('review', 'Review', '/agreements', waiting.review.map(named(agreement('/review')))),
    group(
      'decide',
      'Decide who gets data',
      '/requests',
      waiting.decide.map(named((id) => `/requests/${id}`, 'Asked on')),
    ),
    group('approve', 'Approve as the second person', '/approvals', waiting.approve.map(approval)),
    group('look-into', 'Look into', '/review/alerts', waiting.lookInto.map(alert)),
    group(
      'correct',
      'Correct your request',
      '/requests',
      waiting.correct.map(named((id) => `/requests/${id}`)),
    ),
    group(
      'take',
      'Get the data that you were given access to',
      '/requests',
      waiting.take.map(named((id) => `/requests/${id}`)),
    ),
    group(
      'attest',
      'Attest that data was destroyed',
      '/closures',
      waiting.attest.map(named((id) => `/closures/${id}`, 'Due by')),
    ),
    group(
      'verify',
      'Verify that data was destroyed',
      '/closures',
      waiting.verify.map(named((id) => `/closures/${id}`)),
    ),
    group(
      'complete-review',
      'Review an agreement that is in force',
      '/agreements',
      waiting.completeReview.map(named(agreement(''))),
    ),
    group(
      'renew-agreement',
      'Renew, or let end',
      '/agreements',
      waiting.renewAgreement.map(named(agreement(''), 'Ends on')),
    ),
    group(
      'renew-grant',
      'Your access ends soon',
      '/grants',
      waiting.renewGrant.map(named((id) => `/grants/${id}`, 'Ends on')),
    ),
    group(
      'mend-store',
      'Mend a store whose check failed',
      '/stores',
      waiting.mendStore.map(named((id) => `/stores/${id}`, 'Checked on')),
    ),
  ];
  return groups.filter(({ tasks }) => tasks.length > 0);
}

function group(id: string, title: string, list: string, tasks: readonly Task[]): TaskGroup {
  const shown = tasks.slice(0, SHOWN);
  return { id, title, tasks: shown, ...(tasks.length > SHOWN && { more: list }) };
}

function approval({ id, act, expiresAt }: ApprovalView): Task {
  return {
    text: actInWords(act),
    href: `/approvals/${id}`,
    note: `Lapses on ${formatDay(new Date(expiresAt))}`,
  };
}

function alert({ reference, at }: WaitingRow): Task {
  return {
    text: ALERTS[reference] ?? reference,
    href: '/review/alerts',
    ...(at && { note: `Since ${formatDay(at)}` }),
  };
}
