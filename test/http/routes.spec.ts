import { AccessDeclarations } from '../../src/platform/web/access-declarations.js';
import { emptyWorld, type EmptyWorld } from '../support/http-world.js';

describe('every route and what it requires', () => {
  let world: EmptyWorld;

  beforeAll(async () => {
    world = await emptyWorld();
  }, 60_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  it('is listed here: a new one is a change that somebody reads', () => {
    const routes = world.app
      .get(AccessDeclarations)
      .listRoutes()
      .map(({ method, path, access }) => {
        const needs = access?.kind === 'operation' ? access.operation : (access?.kind ?? 'nothing');
        return `${method} ${path} ${needs}`;
      });
    expect([...new Set(routes)].sort()).toEqual(ROUTES);
  });

  it('is signed for with keys whose making is on record, one event each (law 1)', async () => {
    const keys = await world.db.dataSource.query<{ kid: string }[]>(
      'SELECT kid FROM signing_key ORDER BY kid',
    );
    const events = await world.db.dataSource.query<{ kid: string }[]>(
      `SELECT target_id AS kid FROM audit_event WHERE type = 'key.created' ORDER BY target_id`,
    );
    expect(keys).toHaveLength(2);
    expect(events.map(({ kid }) => kid).sort()).toEqual(keys.map(({ kid }) => kid).sort());
  });
});

const ROUTES: readonly string[] = [
  'DELETE /api/v1/memberships/:id/roles/:role membership:change_roles',
  'DELETE /api/v1/projects/:id/members/:personId project:remove_member',
  'DELETE /api/v1/stores/:id/access-log store:change_access_log',
  'DELETE /api/v1/stores/:id/clients/:clientId store:remove_client',
  'DELETE /api/v1/tokens/:id token:revoke',
  'GET / public',
  'GET /.well-known/jwks.json public',
  'GET /.well-known/oauth-protected-resource public',
  'GET /.well-known/oauth-protected-resource/api/v1/grants public',
  'GET /accessibility public',
  'GET /api/docs public',
  'GET /api/docs/start.js public',
  'GET /api/openapi.json public',
  'GET /api/v1/access-request-forms/:id access_request:read',
  'GET /api/v1/access-requests signed_in',
  'GET /api/v1/access-requests/:id access_request:read',
  'GET /api/v1/access-requests/:id/decision-record access_request:export',
  'GET /api/v1/agreement-templates agreement:draft',
  'GET /api/v1/agreements agreement:read',
  'GET /api/v1/agreements/:id agreement:read',
  'GET /api/v1/agreements/:id/changes agreement:read',
  'GET /api/v1/agreements/:id/impact agreement:impact',
  'GET /api/v1/agreements/:id/odrl agreement:read',
  'GET /api/v1/agreements/:id/signatures agreement:read',
  'GET /api/v1/approvals approval:read',
  'GET /api/v1/approvals/:id/impact approval:read',
  'GET /api/v1/audit/events audit:read',
  'GET /api/v1/audit/events/:id audit:read',
  'GET /api/v1/audit/events/:id/disclosure signed_in',
  'GET /api/v1/audit/events/:id/receipt audit:read',
  'GET /api/v1/audit/holds hold:read',
  'GET /api/v1/audit/reports/reconciliation audit:read',
  'GET /api/v1/audit/reports/reconciliation/:part audit:read',
  'GET /api/v1/closures closure:read',
  'GET /api/v1/closures/:id closure:read',
  'GET /api/v1/datasets dataset:read',
  'GET /api/v1/datasets/:id dataset:read',
  'GET /api/v1/grants grant:read',
  'GET /api/v1/grants/:id grant:read',
  'GET /api/v1/grants/:id/feed grant_token',
  'GET /api/v1/grants/:id/feed/events grant_token',
  'GET /api/v1/grants/:id/objects grant_token',
  'GET /api/v1/grants/:id/objects/*name grant_token',
  'GET /api/v1/grants/:id/receipt grant:read',
  'GET /api/v1/impact signed_in',
  'GET /api/v1/me signed_in',
  'GET /api/v1/organisations signed_in',
  'GET /api/v1/organisations/:id signed_in',
  'GET /api/v1/organisations/:id/delegations membership:read',
  'GET /api/v1/organisations/:id/memberships membership:read',
  'GET /api/v1/people/:id person:read',
  'GET /api/v1/people/:id/erasure person:erase',
  'GET /api/v1/policy/diff policy:diff',
  'GET /api/v1/policy/guardrails signed_in',
  'GET /api/v1/projects signed_in',
  'GET /api/v1/projects/:id signed_in',
  'GET /api/v1/register public',
  'GET /api/v1/register.csv public',
  'GET /api/v1/stores store:read',
  'GET /api/v1/stores/:id store:read',
  'GET /api/v1/stores/:id/clients store:read',
  'GET /api/v1/stores/:id/probes store:read',
  'GET /api/v1/tokens token:read',
  'GET /auth/callback public',
  'GET /auth/sign-in public',
  'GET /health/live public',
  'GET /health/ready public',
  'GET /log/checkpoint public',
  'GET /log/tile/*path public',
  'GET /log/vkey public',
  'GET /metrics public',
  'GET /my/grants/:id/objects/*name signed_in',
  'PATCH /api/v1/access-requests/:id access_request:edit',
  'PATCH /api/v1/agreements/:id agreement:edit',
  'PATCH /api/v1/projects/:id project:update',
  'POST /api/v1/access-request-forms access_request:create',
  'POST /api/v1/access-requests access_request:create',
  'POST /api/v1/access-requests/:id/decisions access_request:decide',
  'POST /api/v1/access-requests/:id/renew access_request:renew',
  'POST /api/v1/access-requests/:id/submit access_request:submit',
  'POST /api/v1/access-requests/:id/undertaking access_request:undertaking',
  'POST /api/v1/access-requests/:id/withdraw access_request:withdraw',
  'POST /api/v1/agreements agreement:draft',
  'POST /api/v1/agreements/:id/accede agreement:accede',
  'POST /api/v1/agreements/:id/amend agreement:amend',
  'POST /api/v1/agreements/:id/attest agreement:attest',
  'POST /api/v1/agreements/:id/close closure:attest',
  'POST /api/v1/agreements/:id/notices/:noticeId/take-back notice:take_back',
  'POST /api/v1/agreements/:id/parties/:partyId/exclude party:exclude',
  'POST /api/v1/agreements/:id/parties/:partyId/resume party:resume',
  'POST /api/v1/agreements/:id/parties/:partyId/suspend party:suspend',
  'POST /api/v1/agreements/:id/parties/:partyId/withdraw party:withdraw',
  'POST /api/v1/agreements/:id/renew agreement:amend',
  'POST /api/v1/agreements/:id/resume agreement:resume',
  'POST /api/v1/agreements/:id/reviews agreement:review',
  'POST /api/v1/agreements/:id/signatures agreement:sign',
  'POST /api/v1/agreements/:id/submit agreement:submit',
  'POST /api/v1/agreements/:id/suspend agreement:suspend',
  'POST /api/v1/agreements/:id/terminate agreement:terminate',
  'POST /api/v1/approvals/:id/approve approval:approve',
  'POST /api/v1/approvals/:id/reject approval:reject',
  'POST /api/v1/audit/holds hold:place',
  'POST /api/v1/audit/holds/:id/release hold:release',
  'POST /api/v1/datasets dataset:register',
  'POST /api/v1/datasets/:id/freeze dataset:freeze',
  'POST /api/v1/datasets/:id/publish dataset:publish',
  'POST /api/v1/datasets/:id/seal dataset:seal',
  'POST /api/v1/datasets/:id/unfreeze dataset:unfreeze',
  'POST /api/v1/datasets/:id/withdraw dataset:withdraw',
  'POST /api/v1/delegations/:id/end delegation:end',
  'POST /api/v1/grants grant:issue',
  'POST /api/v1/grants/:id/credentials grant_token',
  'POST /api/v1/grants/:id/revoke grant:revoke',
  'POST /api/v1/grants/:id/token grant:refresh',
  'POST /api/v1/memberships/:id/end membership:end',
  'POST /api/v1/memberships/:id/roles membership:change_roles',
  'POST /api/v1/organisations organisation:register',
  'POST /api/v1/organisations/:id/checks organisation:check_record',
  'POST /api/v1/organisations/:id/close organisation:suspend',
  'POST /api/v1/organisations/:id/delegations delegation:give',
  'POST /api/v1/organisations/:id/memberships membership:add',
  'POST /api/v1/organisations/:id/resume organisation:suspend',
  'POST /api/v1/organisations/:id/suspend organisation:suspend',
  'POST /api/v1/people/:id/accreditations person:accredit',
  'POST /api/v1/people/:id/accreditations/:accreditationId/verify person:verify_accreditation',
  'POST /api/v1/people/:id/accreditations/:accreditationId/withdraw person:verify_accreditation',
  'POST /api/v1/people/:id/erase person:erase',
  'POST /api/v1/people/:id/resume person:suspend',
  'POST /api/v1/people/:id/suspend person:suspend',
  'POST /api/v1/people/:id/trainings person:record_training',
  'POST /api/v1/policy/explain policy:explain',
  'POST /api/v1/policy/guardrails guardrail:propose',
  'POST /api/v1/policy/what-if policy:what_if',
  'POST /api/v1/projects project:create',
  'POST /api/v1/projects/:id/activate project:activate',
  'POST /api/v1/projects/:id/close project:close',
  'POST /api/v1/projects/:id/members project:add_member',
  'POST /api/v1/stores store:register',
  'POST /api/v1/stores/:id/clients store:add_client',
  'POST /api/v1/stores/:id/probe store:probe',
  'POST /api/v1/stores/:id/resume store:resume',
  'POST /api/v1/stores/:id/retire store:retire',
  'POST /api/v1/stores/:id/rotate store:rotate',
  'POST /api/v1/stores/:id/suspend store:suspend',
  'POST /api/v1/tokens token:create',
  'POST /auth/sign-out public',
  'POST /oauth/introspect public',
  'POST /oauth/revoke public',
  'PUT /api/v1/stores/:id/access-log store:change_access_log',
];
