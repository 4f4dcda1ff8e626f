import type { Action } from '../../policy/attributes.js';
import { compileAgreement } from '../../policy/compile-agreement.js';
import type { PolicyService } from '../../policy/policy.service.js';
import { endOfDay } from '../../kernel/london-day.js';
import type { AgreementVersion } from '../agreement.types.js';
import type { AgreementTerms } from '../terms/terms.types.js';
import type { Vocabularies } from '../vocabularies.js';

/**
 * The allow rules that a version's terms compile to, for the recipients that it names and those that acceded.
 * @throws ConcordatError `condition_invalid` when the terms exceed what a condition may hold.
 */
export function compilePublication(
  agreement: AgreementVersion,
  terms: AgreementTerms,
  vocabularies: Vocabularies,
): Parameters<PolicyService['publishAgreement']>[1] {
  const acceded = agreement.parties.filter(
    ({ isFounding, status }) => !isFounding && status === 'active',
  );
  const members = [...terms.parties, ...acceded];
  const recipients = members
    .filter(({ dataRole }) => dataRole !== 'provider')
    .map(({ organisationId }) => organisationId);
  return {
    agreementId: agreement.id,
    agreementVersion: agreement.version,
    reference: agreement.reference,
    organisationIds: members.map(({ organisationId }) => organisationId),
    // A framework has no data, so nothing is allowed under it.
    rules: terms.kind === 'framework' ? [] : rulesOf(terms, recipients, vocabularies),
  };
}

function rulesOf(
  terms: AgreementTerms,
  recipients: readonly string[],
  vocabularies: Vocabularies,
): ReturnType<typeof compileAgreement> {
  return compileAgreement({
    purposeClosure: vocabularies.purposesWithin(terms.purposes),
    modes: terms.modes ?? [],
    actions: (terms.actions ?? []) as readonly Action[],
    accreditations: terms.accreditations,
    trainings: terms.trainings,
    orgChecks: terms.orgChecks,
    minAuth: terms.minAuth,
    dpop: terms.dpop,
    countries: terms.countries ?? [],
    endsAt: endOfDay(terms.endsOn),
    items: terms.items ?? [],
    recipients,
  });
}
