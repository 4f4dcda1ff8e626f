import { takesEffectAt } from '../../../agreements/notices/notice.rules.js';
import type { Affected } from '../../../cascade/cascade.service.js';
import { dueAt } from '../../../grants/closure/closure.rules.js';
import type { StopQuestion } from '../../../grants/impact/impact.rules.js';
import type { FoundImpact } from './impact-finding.service.js';
import { MAX_TOLD, type ToldRow } from './impact.repository.js';

const HOUR_MS = 3_600_000;

/** A party to be told, where to write to, and by when. */
interface ToldView extends Pick<
  ToldRow,
  'organisation' | 'agreement' | 'dataRole' | 'isLead' | 'held' | 'provided'
> {
  readonly contacts: { readonly queries: string | null; readonly breaches: string | null };
  /** Of what ends by notice: when it would end if notice were given now. Null: it ends at once, so tell them at once. */
  readonly notice: { readonly days: number; readonly endsAt: string } | null;
  /** Should it stop because of an incident that is known of now. */
  readonly incident: { readonly hours: number; readonly tellBy: string };
  /** What those whose grants end now owe, and by when; null for those who hold none. */
  readonly disposal: {
    readonly how: string;
    readonly days: number;
    readonly dueAt: string;
  } | null;
}

/** If it stopped now, what would end, and whom to tell by when. People by pseudonym (R5.7). */
export interface ImpactReportView extends StopQuestion {
  /** The instant from which days are counted. */
  readonly at: string;
  readonly affected: readonly (Omit<Affected, 'personId'> & { readonly person: string })[];
  readonly tell: readonly ToldView[];
  /** False where there is more than this holds. */
  readonly isComplete: boolean;
  /** What the organisations and datasets in it are called. */
  readonly names: Readonly<Record<string, string>>;
}

export function toImpactView(
  question: StopQuestion,
  { affected, told, isComplete, names }: FoundImpact,
  now: Date,
): ImpactReportView {
  return {
    ...question,
    at: now.toISOString(),
    affected: affected.map(({ personId, ...rest }) => ({ ...rest, person: personId })),
    tell: told.slice(0, MAX_TOLD).map((row) => toToldView(row, question, now)),
    isComplete: isComplete && told.length <= MAX_TOLD,
    names: Object.fromEntries(names),
  };
}

function toToldView(row: ToldRow, { type }: StopQuestion, now: Date): ToldView {
  const { queryContact, breachContact, noticeDays, breachHours, disposal, disposalDays, ...rest } =
    row;
  const isByNotice = type === 'agreement' || type === 'party';
  return {
    ...rest,
    contacts: { queries: queryContact, breaches: breachContact },
    notice: isByNotice
      ? { days: noticeDays, endsAt: takesEffectAt(noticeDays, now).toISOString() }
      : null,
    incident: {
      hours: breachHours,
      tellBy: new Date(now.getTime() + breachHours * HOUR_MS).toISOString(),
    },
    disposal:
      row.held === 0
        ? null
        : { how: disposal, days: disposalDays, dueAt: dueAt(now, disposalDays).toISOString() },
  };
}
