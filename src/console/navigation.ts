import type { Operation } from '../identity/operations.js';
import type { NavigationItem } from '../platform/web/views.js';

interface Place {
  readonly text: string;
  readonly href: string;
  /** Whose place it is: anybody's, signed in or not; every member's; or theirs who may do this somewhere. */
  readonly of: 'public' | 'members' | Operation;
}

/** What every page leads to, in the order of the day. A place is in the list once it has a page. */
const PLACES: readonly Place[] = [
  { text: 'Home', href: '/', of: 'members' },
  { text: 'Find data', href: '/datasets', of: 'public' },
  { text: 'Stores', href: '/stores', of: 'store:read' },
  { text: 'Agreements', href: '/agreements', of: 'agreement:read' },
  { text: 'Projects', href: '/projects', of: 'project:read' },
  { text: 'Requests', href: '/requests', of: 'members' },
  { text: 'Access', href: '/grants', of: 'members' },
  { text: 'Review', href: '/review', of: 'audit:read' },
  { text: 'Approvals', href: '/approvals', of: 'approval:read' },
  { text: 'Organisations', href: '/organisations', of: 'members' },
  { text: 'Administration', href: '/administration', of: 'organisation:register' },
];

/**
 * The places of whoever reads the page; what they find there is decided there.
 * @param may what its reader may do somewhere; absent: nobody is signed in.
 */
export function navigationFor(
  path: string,
  may?: (operation: Operation) => boolean,
): readonly NavigationItem[] {
  const isTheirs = ({ of }: Place): boolean =>
    of === 'public' || (may !== undefined && (of === 'members' || may(of)));
  return PLACES.filter(isTheirs).map(({ text, href }) => ({
    text,
    href,
    active: isAt(path, href),
  }));
}

function isAt(path: string, place: string): boolean {
  return path === place || (place !== '/' && path.startsWith(`${place}/`));
}
