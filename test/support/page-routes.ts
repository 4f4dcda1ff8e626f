/** The console's routes and what each requires, by whose pages they are. */
const ROUTES = {
  console: [
    'GET / public',
    'GET /accessibility public',
    'GET /auth/callback public',
    'GET /auth/sign-in public',
    'GET /working-for signed_in',
    'POST /auth/sign-out public',
    'POST /working-for signed_in',
  ],
  organisations: [
    'GET /invitations public',
    'GET /invitations/:token public',
    'GET /organisations/:id signed_in',
    'POST /invitations/join public',
  ],
  catalogue: [
    'GET /datasets public',
    'GET /datasets/:id public',
    'GET /datasets/:id/request public',
  ],
  delivery: ['GET /my/grants/:id/objects/*name signed_in'],
} as const;

export const PAGE_ROUTES: readonly string[] = Object.values(ROUTES).flat();
