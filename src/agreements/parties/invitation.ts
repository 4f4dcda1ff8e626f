import { ConcordatError, isConcordatError, type FieldError } from '../../kernel/errors.js';
import type { Party } from '../agreement.types.js';
import { findBusy } from './party-duties.rules.js';
import { readTerms } from '../terms/read-terms.js';
import type { TermsFacts } from '../terms/terms-facts.js';
import { checkTerms } from '../terms/terms.rules.js';
import type { DraftTerms, LegalTerms, PartyTerms } from '../terms/terms.types.js';

type Body = Readonly<Record<string, unknown>>;

/** An organisation's place as it is offered: what a founding party says of itself in the terms. */
export interface Invitation {
  readonly party: PartyTerms;
  readonly legal?: LegalTerms;
}

/**
 * The terms as they would be if the organisation had founded the agreement, so that the same rules judge it.
 * @throws ConcordatError `agreement_field_unknown` or `input_invalid`, with pointers into the body.
 */
export function readInvitation({ legal, ...party }: Body, terms: DraftTerms): DraftTerms {
  const offered = { ...party, founding: true, lead: false };
  const unknown = ['founding', 'lead'].filter((name) => name in party);
  if (unknown.length > 0) {
    throw new ConcordatError('agreement_field_unknown', {
      errors: unknown.map((name) => ({ pointer: `/${name}`, reason: 'is not a known field' })),
    });
  }
  const read = readAlone({
    parties: [offered],
    ...(legal !== undefined && { legal: [legal] }),
  });
  return {
    ...terms,
    parties: [...(terms.parties ?? []), ...(read.parties ?? [])],
    ...((terms.legal ?? read.legal) && {
      legal: [...(terms.legal ?? []), ...(read.legal ?? [])],
    }),
  };
}

/**
 * @param terms as `readInvitation` gave them.
 * @param parties of the agreement, those that acceded among them.
 * @throws ConcordatError `input_invalid` with every fault of the organisation's place, and of the framework, whose
 * parties it must be among; faults of other terms are not its.
 */
export function requireInvitable(
  terms: DraftTerms,
  facts: TermsFacts,
  parties: readonly Party[],
): Invitation {
  const partyAt = (terms.parties?.length ?? 0) - 1;
  const own = terms.parties?.[partyAt];
  const legalAt =
    terms.legal?.findIndex((entry) => entry.organisationId === own?.organisationId) ?? -1;
  const errors = checkTerms(terms, facts).flatMap(({ pointer, reason }) => {
    if (pointer === '/parentAgreementId') {
      return [{ pointer: '/organisationId', reason: `the framework above ${reason}` }];
    }
    const inPlace =
      within(pointer, `/parties/${String(partyAt)}`) ?? legalPointer(pointer, legalAt);
    return inPlace === undefined ? [] : [{ pointer: inPlace, reason }];
  });
  const party = { ...(own as PartyTerms), founding: false };
  const faults = errors.length > 0 ? errors : findBusy(party, '', parties);
  if (faults.length > 0) {
    throw new ConcordatError('input_invalid', { errors: faults });
  }
  const legal = terms.legal?.[legalAt] as LegalTerms | undefined;
  return { party, ...(legal && { legal }) };
}

function readAlone(terms: object): DraftTerms {
  try {
    return readTerms(terms);
  } catch (error) {
    if (!isConcordatError(error)) {
      throw error;
    }
    const errors = (error.fields.errors ?? []).map(({ pointer, reason }): FieldError => ({
      pointer: within(pointer, '/parties/0') ?? legalPointer(pointer, 0) ?? pointer,
      reason,
    }));
    throw new ConcordatError(error.code, { ...error.fields, errors }, { cause: error });
  }
}

function legalPointer(pointer: string, at: number): string | undefined {
  const rest = within(pointer, `/legal/${String(at)}`);
  return rest === undefined ? (pointer === '/legal' ? pointer : undefined) : `/legal${rest}`;
}

function within(pointer: string, base: string): string | undefined {
  return pointer === base || pointer.startsWith(`${base}/`)
    ? pointer.slice(base.length)
    : undefined;
}
