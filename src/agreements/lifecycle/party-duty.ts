import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { fillsDutyOf } from '../../identity/deputy.js';
import type { AgreementVersion, Party } from '../agreement.types.js';

/** A duty that the agreement gives to one named person of each party. */
type NamedDuty = 'signatory' | 'dpo';

interface Wanted {
  readonly duty: NamedDuty;
  /** What the party must have answered so far. */
  readonly from: Party['answer'];
  readonly act: string;
  readonly partyId?: string | undefined;
}

/**
 * The party for which this caller does a duty that the signed document gives to them by name, or whose deputy they are
 * (R3.24). The role must still be theirs, in that party's organisation (R1.1).
 * @throws ConcordatError `operation_denied` to everyone else; `transition_not_allowed` when it is done already.
 */
export function partyOfDuty(
  principal: Principal,
  { parties }: AgreementVersion,
  { duty, from, act, partyId }: Wanted,
): Party {
  const theirs = parties.filter(
    (party) =>
      (partyId === undefined || party.id === partyId) &&
      fillsDutyOf(
        principal,
        party.organisationId,
        duty,
        duty === 'dpo' ? party.dpoId : party.signatoryId,
      ),
  );
  const [first] = theirs;
  if (!first || principal.kind !== 'person') {
    throw new ConcordatError('operation_denied', { act, duty });
  }
  const [open, ...others] = theirs.filter(({ answer }) => answer === from);
  if (!open) {
    const { status, answer } = first;
    const reason =
      answer === 'none' ? 'the party’s dpo has not accepted it yet' : 'the party answered to it';
    const errors = [{ pointer: '/versionHash', reason }];
    throw new ConcordatError('transition_not_allowed', { status, answer, act, errors });
  }
  if (others.length > 0) {
    const reason = `you are ${duty} of several parties: name one`;
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/partyId', reason }] });
  }
  return open;
}

/** A party in whose organisation the caller holds one of these roles. @throws ConcordatError `operation_denied` */
export function partyWithRole(
  principal: Principal,
  { parties }: AgreementVersion,
  roles: readonly NamedDuty[],
  partyId?: string,
): { readonly party: Party; readonly role: NamedDuty } {
  for (const party of parties) {
    const role = roles.find((candidate) => holdsRole(principal, party.organisationId, candidate));
    if (role && (partyId === undefined || party.id === partyId)) {
      return { party, role };
    }
  }
  throw new ConcordatError('operation_denied', { roles: [...roles] });
}

function holdsRole({ memberships }: Principal, organisationId: string, role: NamedDuty): boolean {
  return memberships.some(
    (membership) => membership.organisationId === organisationId && membership.roles.includes(role),
  );
}
