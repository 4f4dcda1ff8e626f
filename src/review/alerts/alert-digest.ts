import type { AlertRule, Finding } from './alert.types.js';

/** More than that nobody reads in a mail; the list has them all. */
const MAX_LINES = 50;

/** An alert as a mail tells of it. */
export interface ToldAlert extends Pick<
  Finding,
  'rule' | 'day' | 'organisationIds' | 'found' | 'usual' | 'threshold'
> {
  readonly id: string;
  readonly subjectKind: Finding['subject']['kind'];
}

/** An officer who has an address. */
export interface ToldOfficer {
  readonly id: string;
  readonly email: string;
  /** Of the operator, whom everything concerns. */
  readonly isOperators: boolean;
  /** Where they are an officer. */
  readonly organisationIds: readonly string[];
}

const WHAT: Readonly<Record<AlertRule, string>> = {
  bytes: 'more bytes were read than is usual',
  reads: 'data was read more often than is usual',
  refusals: 'many requests were refused within an hour',
  guessing: 'things of others were asked for by their ids',
  out_of_hours: 'data was read out of hours',
};
const WHOSE: Readonly<Record<ToldAlert['subjectKind'], string>> = {
  person: 'by one person',
  grant: 'under one grant',
  organisation: 'by people of one organisation',
};

/** Those of the alerts that concern the officer. */
export function concerning(
  { isOperators, organisationIds }: ToldOfficer,
  alerts: readonly ToldAlert[],
): readonly ToldAlert[] {
  return alerts.filter(
    (alert) => isOperators || alert.organisationIds.some((id) => organisationIds.includes(id)),
  );
}

/** One mail for all of them. It names nobody whom they are about. @param alerts at least one. */
export function digestOf(
  alerts: readonly ToldAlert[],
  publicUrl: string,
): { readonly subject: string; readonly text: string } {
  const [first] = alerts;
  const more = alerts.length - MAX_LINES;
  return {
    subject:
      alerts.length === 1 && first
        ? `Concordat: ${WHAT[first.rule]}`
        : `Concordat: ${String(alerts.length)} alerts`,
    text: [
      ...alerts.slice(0, MAX_LINES).map(lineOf),
      ...(more > 0 ? [`And ${String(more)} more.`] : []),
      '',
      `What there is: ${publicUrl}/api/v1/audit/reports/alerts?status=open`,
      'Look at each, and close it with what you found.',
      '',
      'You get this because you are an information governance officer of an organisation that it concerns, or of the operator.',
      '',
    ].join('\n'),
  };
}

function lineOf({ id, rule, subjectKind, day, found, usual, threshold }: ToldAlert): string {
  const past = usual === null ? '' : `, ${String(usual)} are usual`;
  return `On ${day} ${WHAT[rule]}, ${WHOSE[subjectKind]}: ${String(found)}${past}; the limit is ${String(threshold)}. Alert ${id}.`;
}
