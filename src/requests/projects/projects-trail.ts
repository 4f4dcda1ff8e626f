/** Above every page of a project. */
export const PROJECTS_TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Projects', href: '/projects' },
] as const;
