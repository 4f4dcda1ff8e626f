import type { AgreementTerms } from '../terms/terms.types.js';
import type { OdrlConstraint, OdrlLimit } from './odrl.types.js';

/** Names of ours that ODRL lacks; the profile declares them. */
export const OWN_OPERAND = 'urn:concordat:operand:';
const AUTH_LEVELS = { aal2: '2', aal3: '3' } as const;

type LimitTerms = Pick<
  AgreementTerms,
  | 'purposes'
  | 'countries'
  | 'modes'
  | 'maxDownloads'
  | 'maxBytes'
  | 'maxGrantDays'
  | 'accreditations'
  | 'trainings'
  | 'orgChecks'
  | 'minAuth'
>;

/** From the first instant until the end instant, which is the first one after it. */
export interface Period {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** What every use under the agreement must satisfy. */
export function limitsOf(terms: LimitTerms, { startsAt, endsAt }: Period): readonly OdrlLimit[] {
  return [
    limit('odrl:dateTime', 'gteq', startsAt.toISOString(), 'xsd:dateTime'),
    limit('odrl:dateTime', 'lt', endsAt.toISOString(), 'xsd:dateTime'),
    // A use may be narrower than the purpose agreed on.
    ...oneOf('odrl:purpose', 'isA', terms.purposes),
    ...oneOf('odrl:spatial', 'eq', terms.countries ?? []),
    ...oneOf('odrl:deliveryChannel', 'eq', terms.modes ?? []),
    ...atMost('odrl:count', terms.maxDownloads),
    ...atMost(`${OWN_OPERAND}bytes`, terms.maxBytes),
    limit('odrl:elapsedTime', 'lteq', `P${String(terms.maxGrantDays)}D`, 'xsd:duration'),
    limit(`${OWN_OPERAND}authLevel`, 'gteq', AUTH_LEVELS[terms.minAuth], 'xsd:integer'),
    ...allOf(`${OWN_OPERAND}accreditation`, terms.accreditations),
    ...allOf(`${OWN_OPERAND}training`, terms.trainings),
    ...allOf(`${OWN_OPERAND}organisationCheck`, terms.orgChecks),
  ];
}

export function limit(
  leftOperand: string,
  operator: string,
  rightOperand: string,
  dataType?: string,
): OdrlConstraint {
  return { leftOperand, operator, rightOperand, ...(dataType === undefined ? {} : { dataType }) };
}

// No list as an operand: readers differ in what they make of one.
function oneOf(
  leftOperand: string,
  operator: string,
  values: readonly string[],
): readonly OdrlLimit[] {
  const choices = values.map((value) => limit(leftOperand, operator, value));
  return choices.length < 2
    ? choices
    : [{ '@type': 'LogicalConstraint', or: { '@list': choices } }];
}

// Constraints beside each other must all hold.
function allOf(leftOperand: string, values: readonly string[]): readonly OdrlConstraint[] {
  return values.map((value) => limit(leftOperand, 'hasPart', value));
}

function atMost(leftOperand: string, value: number | undefined): readonly OdrlConstraint[] {
  return value === undefined ? [] : [limit(leftOperand, 'lteq', String(value), 'xsd:integer')];
}
