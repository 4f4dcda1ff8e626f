import type { Action } from '../policy/attributes.js';

/** What a grant of this mode does, as policy names it: following a feed is an action of its own. */
export function deliveryAction(
  delivery: string,
): Extract<Action, 'dataset:read' | 'feed:subscribe'> {
  return delivery === 'feed' ? 'feed:subscribe' : 'dataset:read';
}
