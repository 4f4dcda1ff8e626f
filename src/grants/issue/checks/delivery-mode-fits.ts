import { judgeModes } from '../../delivery-modes.rules.js';
import type { IssueCheck } from '../issue-context.js';

/** A delivery mode fits: asked for or the request’s, allowed by the agreement, proven by the store. */
export const deliveryModeFits: IssueCheck = {
  name: 'deliveryModeFits',
  code: 'no_delivery_mode',
  check: ({ delivery, asked, facts }) =>
    delivery !== undefined || {
      asked: asked.delivery ?? facts.request.delivery,
      modes: judgeModes(facts).map((judged) => ({ ...judged })),
    },
};
