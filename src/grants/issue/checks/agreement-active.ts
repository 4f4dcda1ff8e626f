import type { IssueCheck } from '../issue-context.js';

/** The version is in force now, and provider and requester are both active parties and organisations. */
export const agreementActive: IssueCheck = {
  name: 'agreementActive',
  code: 'agreement_not_active',
  check: ({ facts, now }) =>
    (facts.agreement.status === 'active' &&
      facts.agreement.endsAt !== null &&
      Date.parse(facts.agreement.endsAt) > now.getTime() &&
      facts.agreement.partyStatus === 'active' &&
      facts.agreement.providerStatus === 'active' &&
      facts.organisation.status === 'active' &&
      facts.provider.status === 'active') || { agreement: facts.agreement.reference },
};
