import type { Principal } from '../identity/principal.js';
import type { NavigationItem } from '../platform/web/views.js';

interface Place {
  readonly text: string;
  readonly href: string;
  /** Anybody's, signed in or not; the others are for members. */
  readonly isPublic: boolean;
}

/** What every page leads to, in the order of the day. A place is in the list once it has a page. */
const PLACES: readonly Place[] = [
  { text: 'Home', href: '/', isPublic: false },
  { text: 'Find data', href: '/datasets', isPublic: true },
];

/** The places of whoever reads the page; what they find there is decided there. */
export function navigationFor(
  principal: Principal | undefined,
  path: string,
): readonly NavigationItem[] {
  return PLACES.filter(({ isPublic }) => isPublic || principal !== undefined).map(
    ({ text, href }) => ({ text, href, active: isAt(path, href) }),
  );
}

function isAt(path: string, place: string): boolean {
  return path === place || (place !== '/' && path.startsWith(`${place}/`));
}
