import { prefixFault } from '../../../platform/object-store/object-name.rules.js';
import { failed, type IssueCheck } from '../issue-context.js';

/** Endpoint and prefix still pass the rules that onboarding applied: they may have been changed, or the rules. */
export const locationValid: IssueCheck = {
  name: 'locationValid',
  code: 'location_invalid',
  check: ({ facts: { dataset }, endpointFault }) =>
    (endpointFault === undefined &&
      dataset.prefix !== null &&
      prefixFault(dataset.prefix) === undefined) ||
    failed,
};
