import type { PageModel } from '../../platform/web/pages/blocks.js';

const TABS = [
  { text: 'What is out of order', href: '/review' },
  { text: 'Events', href: '/review/events' },
  { text: 'Questions', href: '/review/questions' },
  { text: 'Issued and used', href: '/review/reconciliation' },
  { text: 'Exports', href: '/review/exports' },
  { text: 'The log', href: '/review/log' },
  { text: 'Legal holds', href: '/review/holds' },
] as const;

export const REVIEW_TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Review', href: '/review' },
] as const;

/** The pages of the officer's place. */
export function reviewTabs(active: string): NonNullable<PageModel['tabs']> {
  return {
    label: 'Pages of review',
    items: TABS.map((tab) => ({ ...tab, active: tab.href === active })),
  };
}
