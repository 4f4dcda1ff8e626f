import { prefixFault } from '../../../platform/object-store/object-name.rules.js';
import { failed, type IssueCheck } from '../issue-context.js';

/** Endpoint and prefix still pass the rules that onboarding applied: they may have been changed, or the rules. */
export const locationValid: IssueCheck = {
  name: 'locationValid',
  code: 'location_invalid',
  check: ({ facts, endpointFault }) =>
    (endpointFault === undefined && prefixFault(facts.dataset.prefix) === undefined) || failed,
};
