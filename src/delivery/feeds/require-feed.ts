import { ConcordatError } from '../../kernel/errors.js';
import type { DeliveryGrant } from '../delivery.types.js';

/** @throws ConcordatError `no_delivery_mode` (409) for a grant on files. */
export function requireFeed({ feedAfter, delivery }: DeliveryGrant): void {
  if (feedAfter === null) {
    throw new ConcordatError('no_delivery_mode', { asked: 'feed', delivery });
  }
}
