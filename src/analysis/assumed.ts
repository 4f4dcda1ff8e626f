import type { RequestCircumstances } from '../requests/access-attributes.js';
import type { AccessFacts } from '../requests/access-facts.js';

/** What nobody knows before a request is made: what the agreement asks of it is taken for granted. */
export function assumedOf({
  request: { delivery },
  agreement: {
    terms: { minAuth, countries, dpop },
  },
}: AccessFacts): Omit<RequestCircumstances, 'now'> {
  const authLevel = minAuth === 'aal3' ? 3 : 2;
  return { authLevel, ip: null, country: countries?.[0] ?? null, delivery, hasDpop: dpop };
}
