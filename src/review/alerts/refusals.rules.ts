import { londonDay } from '../../kernel/london-day.js';
import type { AlertRule, AlertSubject, Finding } from './alert.types.js';

/** A burst is what falls into so long a time, whenever it begins. */
export const BURST_MS = 3_600_000;
/** Different things of others that somebody asked for: nobody comes upon so many ids by chance. */
const GUESSES = 5;
/** An organisation is more than one of its people. */
const ORGANISATION_FACTOR = 5;
const ORGANISATION_PEOPLE = 3;

/** Somebody was refused something. */
export interface Refusal {
  readonly at: Date;
  readonly personId: string;
  /** For whom they acted. */
  readonly organisationIds: readonly string[];
  /** What they asked for and is not theirs: they were told that there is no such thing. */
  readonly hiddenId: string | null;
}

/** What counts of one subject's refusals. */
interface Counted {
  readonly rule: AlertRule;
  readonly subject: AlertSubject;
  /** In order of time. */
  readonly refusals: readonly Refusal[];
  readonly threshold: number;
  /** Of what there are to be different ones. */
  readonly kindOf: (refusal: Refusal) => string;
  readonly measure: (refusals: number, kinds: number) => number;
}

/**
 * Refusals of one person or one organisation in a burst, and one person's guessing of ids. Of each and each London day of a burst's
 * end, the largest burst.
 * @param limit how many refusals of one person are a burst.
 */
export function judgeRefusals(refusals: readonly Refusal[], limit: number): readonly Finding[] {
  const ordered = [...refusals].sort((a, b) => a.at.getTime() - b.at.getTime());
  const people = [...Map.groupBy(ordered, ({ personId }) => personId)];
  const counted = [
    ...people.flatMap(([id, own]) => ofPerson(id, own, limit)),
    ...byOrganisation(ordered).map(([id, own]) => ofOrganisation(id, own, limit)),
  ];
  return counted.flatMap(largestBursts);
}

function ofPerson(id: string, refusals: readonly Refusal[], limit: number): readonly Counted[] {
  const subject = { kind: 'person', id } as const;
  return [
    {
      ...{ rule: 'refusals', subject, refusals, threshold: limit },
      kindOf: () => '',
      measure: (count) => count,
    },
    {
      ...{ rule: 'guessing', subject, threshold: GUESSES },
      refusals: refusals.filter(({ hiddenId }) => hiddenId !== null),
      kindOf: ({ hiddenId }) => hiddenId ?? '',
      measure: (_count, things) => things,
    },
  ];
}

function ofOrganisation(id: string, refusals: readonly Refusal[], limit: number): Counted {
  return {
    ...{ rule: 'refusals', subject: { kind: 'organisation', id }, refusals },
    threshold: limit * ORGANISATION_FACTOR,
    kindOf: ({ personId }) => personId,
    measure: (count, people) => (people < ORGANISATION_PEOPLE ? 0 : count),
  };
}

function largestBursts(counted: Counted): readonly Finding[] {
  const { rule, subject, refusals, threshold, kindOf, measure } = counted;
  const largest = new Map<string, Finding>();
  const kinds = new Map<string, number>();
  let start = 0;
  refusals.forEach((refusal, end) => {
    change(kinds, kindOf(refusal), 1);
    for (let first = refusals[start]; first && isBefore(first, refusal); first = refusals[start]) {
      change(kinds, kindOf(first), -1);
      start += 1;
    }
    const found = measure(end - start + 1, kinds.size);
    const day = londonDay(refusal.at);
    if (found >= threshold && found > (largest.get(day)?.found ?? 0)) {
      const organisationIds = organisationsOf(subject, refusals.slice(start, end + 1));
      largest.set(day, { rule, subject, day, organisationIds, found, usual: null, threshold });
    }
  });
  return [...largest.values()];
}

/** True for one that is in no burst with the other. */
function isBefore(one: Refusal, other: Refusal): boolean {
  return other.at.getTime() - one.at.getTime() >= BURST_MS;
}

function change(kinds: Map<string, number>, kind: string, by: 1 | -1): void {
  const count = (kinds.get(kind) ?? 0) + by;
  if (count === 0) {
    kinds.delete(kind);
  } else {
    kinds.set(kind, count);
  }
}

function organisationsOf(subject: AlertSubject, refusals: readonly Refusal[]): readonly string[] {
  return subject.kind === 'organisation'
    ? [subject.id]
    : [...new Set(refusals.flatMap(({ organisationIds }) => organisationIds))].sort();
}

function byOrganisation(refusals: readonly Refusal[]): readonly (readonly [string, Refusal[]])[] {
  const ids = new Set(refusals.flatMap(({ organisationIds }) => organisationIds));
  return [...ids].map(
    (id) => [id, refusals.filter(({ organisationIds }) => organisationIds.includes(id))] as const,
  );
}
