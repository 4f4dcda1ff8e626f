import type { Json } from './canonical-json.js';

interface Problem {
  readonly status: number;
  readonly title: string;
  /** What to do next, said to the caller when the thrower says nothing more exact. */
  readonly detail: string;
}

const problem = (status: number, title: string, detail: string): Problem => ({
  status,
  title,
  detail,
});

/**
 * The closed union of error codes. A code's public fields are those its thrower passes in `fields`: nothing else of an
 * error reaches a caller. Codes of the issue pipeline are those of its checks, in `grants/issue/`.
 */
export const PROBLEMS = {
  // The request itself
  request_malformed: problem(
    400,
    'Malformed request',
    'Correct the URL or the header and send it again.',
  ),
  body_malformed: problem(400, 'Malformed body', 'Send one JSON value that parses.'),
  body_too_large: problem(413, 'Body too large', 'Send a body of at most 1 MiB.'),
  media_type_unsupported: problem(415, 'Media type not supported', 'Send application/json.'),
  input_invalid: problem(
    422,
    'Invalid input',
    'Correct each field named in errors and send it again.',
  ),
  idempotency_key_required: problem(
    400,
    'Idempotency-Key missing',
    'Send an Idempotency-Key of 1 to 255 printable characters.',
  ),
  idempotency_mismatch: problem(
    409,
    'Idempotency-Key used before',
    'This key came with another body. Use a new key.',
  ),
  page_token_invalid: problem(
    400,
    'Page token not valid',
    'Start again from the first page: tokens last an hour and belong to one query.',
  ),
  precondition_failed: problem(
    412,
    'Changed meanwhile',
    'Read it again and repeat the change on the current version.',
  ),
  precondition_required: problem(
    428,
    'Say what you read',
    'Read it, and send the ETag of the answer in If-Match.',
  ),
  // Who is calling
  unauthenticated: problem(401, 'Not signed in', 'Send a valid bearer token.'),
  person_not_registered: problem(
    403,
    'You are not a member yet',
    'Your sign-in worked, but no organisation has invited you. Ask a data owner of yours for an invitation.',
  ),
  service_not_registered: problem(
    403,
    'Program not registered',
    'Have the client registered as a service account, or enabled, by an organisation whose member answers for it.',
  ),
  sign_in_failed: problem(401, 'Sign-in failed', 'Start the sign-in again.'),
  step_up_required: problem(403, 'Stronger sign-in needed', 'Sign in again with two factors.'),
  csrf_refused: problem(403, 'Cross-site request refused', 'Repeat it from the page itself.'),
  operation_denied: problem(403, 'Not allowed', 'Your roles do not include this operation.'),
  client_invalid: problem(
    401,
    'Client not authenticated',
    'Send a fresh client assertion, signed with the key of a live client.',
  ),
  scope_missing: problem(
    403,
    'Token not good for this',
    'Use a personal token whose scopes name this operation.',
  ),
  rate_limited: problem(429, 'Too many requests', 'Wait as long as Retry-After says.'),
  not_found: problem(404, 'Not found', 'There is nothing here that you may see.'),
  method_not_allowed: problem(405, 'Method not allowed', 'Use a method that this path has.'),
  // State
  transition_not_allowed: problem(
    409,
    'Not possible in this state',
    'The fields name the state it is in and the move that was asked for.',
  ),
  conflict: problem(409, 'Conflicts with what is there', 'The fields name what is taken.'),
  already_bootstrapped: problem(409, 'Already set up', 'The operator exists. Sign in instead.'),
  // Organisations
  roles_incompatible: problem(
    409,
    'Roles exclude each other',
    'One person may not hold both roles in one organisation.',
  ),
  approval_required: problem(409, 'A second person is needed', 'Propose it for approval.'),
  approval_by_proposer: problem(
    403,
    'Proposer cannot approve',
    'Another person with the role must answer.',
  ),
  invitation_ended: problem(
    410,
    'Invitation has ended',
    'It was accepted, withdrawn or is too old: ask for another.',
  ),
  invitation_of_another: problem(
    403,
    'Invitation of somebody else',
    'Sign in with an account of the address that was invited, or ask for an invitation to yours.',
  ),
  retention_hold: problem(
    409,
    'Under a legal hold',
    'A hold covers records of this person. It must be released before they can be erased.',
  ),
  // Stores
  endpoint_refused: problem(422, 'Endpoint refused', 'Use a public https host that is permitted.'),
  store_unreachable: problem(502, 'Store did not answer', 'Try again; tell the store’s owner.'),
  store_failed: problem(502, 'Store answered with an error', 'Tell the store’s owner.'),
  // Agreements
  agreement_incomplete: problem(
    422,
    'Agreement incomplete',
    'Each error points at a term of the agreement.',
  ),
  agreement_field_unknown: problem(
    422,
    'Unknown agreement field',
    'Remove the fields named in errors.',
  ),
  admission_missing: problem(
    409,
    'Not admitted yet',
    'The data owners of the providers in providerIds must admit the organisation first.',
  ),
  assessment_required: problem(
    409,
    'Assessment needed',
    'Each view needs a passed motivated-intruder assessment of its digest that is not past its review.',
  ),
  signoff_by_editor: problem(
    403,
    'Editors cannot sign',
    'Someone who did not edit this version must sign it.',
  ),
  signoff_stale: problem(
    409,
    'Signature on another version',
    'Read the current version and sign its hash.',
  ),
  // Policy
  condition_invalid: problem(422, 'Condition not valid', 'The pointer names the faulty part.'),
  agreement_ineffective: problem(
    422,
    'Nobody could use it',
    'The pointers name items that no request would get. Change the terms, or have the rule changed.',
  ),
  condition_unanalysable: problem(
    422,
    'Condition too intricate',
    'It makes too many cases to be analysed. Split or simplify it.',
  ),
  policy_bucket_full: problem(422, 'Too many rules', 'Withdraw a rule before adding one.'),
  policy_conflict: problem(409, 'Policy changed meanwhile', 'Read it again and repeat.'),
  policy_denied: problem(403, 'Refused by policy', 'The fields name the attribute and the clause.'),
  policy_unavailable: problem(
    503,
    'Policy not available',
    'Try again shortly; nothing was granted.',
  ),
  // Closing
  closure_overdue: problem(
    403,
    'Closure overdue',
    'Your organisation owes a certificate under this agreement. Attest it first.',
  ),
  // Issuing
  request_not_approved: problem(
    409,
    'Request not approved',
    'A grant needs an approved access request.',
  ),
  person_suspended: problem(403, 'Person suspended', 'Ask your organisation’s administrator.'),
  affiliation_ended: problem(
    403,
    'Affiliation ended',
    'You are no live member of the organisation or the project.',
  ),
  accreditation_lapsed: problem(
    403,
    'Accreditation missing or lapsed',
    'Have the accreditation recorded and verified.',
  ),
  training_lapsed: problem(403, 'Training missing or lapsed', 'Have a current training recorded.'),
  organisation_check_lapsed: problem(
    403,
    'Organisation check missing or lapsed',
    'Have a current check of your organisation recorded.',
  ),
  agreement_not_active: problem(
    403,
    'Agreement not in force',
    'The agreement version and both parties must be active.',
  ),
  undertaking_stale: problem(
    403,
    'Undertaking out of date',
    'Read the current terms and accept them again.',
  ),
  dpop_required: problem(401, 'Proof of possession needed', 'Send a DPoP proof of the key.'),
  dpop_proof_invalid: problem(
    401,
    'Proof of possession not valid',
    'Make a new DPoP proof for this very request and token.',
  ),
  dataset_unavailable: problem(
    409,
    'Dataset not available',
    'It must be published and sealed; try again later.',
  ),
  location_invalid: problem(409, 'Location not valid', 'The owner must correct the dataset.'),
  store_credentials_refused: problem(
    422,
    'Keys refused by the store',
    'The store cannot be listed with them; nothing was changed.',
  ),
  store_not_ready: problem(503, 'Store not ready', 'The store must pass its probe first.'),
  no_delivery_mode: problem(
    409,
    'No delivery mode fits',
    'Ask for one of the modes the agreement allows.',
  ),
  grant_window_closed: problem(
    409,
    'No time left',
    'What bounds this grant has ended. Renew the request.',
  ),
  grant_exists: problem(409, 'A live grant exists', 'Use the grant named in grantId.'),
  grant_expiry_invalid: problem(422, 'Expiry not valid', 'Ask for an instant after now.'),
  receipt_pending: problem(
    409,
    'Receipt not there yet',
    'The event is recorded and not yet published. Ask again as soon as Retry-After says.',
  ),
  export_not_ready: problem(
    409,
    'Export not ready',
    'The exportStatus field says how it is: wait while it is queued or running, and ask anew once it has failed or expired.',
  ),
  audit_log_stalled: problem(503, 'Audit log stalled', 'Nothing is granted until it moves again.'),
  audit_unavailable: problem(503, 'Audit not available', 'Nothing was changed. Try again shortly.'),
  signing_unavailable: problem(503, 'Signing not available', 'The grant stands. Refresh it.'),
  // Delivery
  grant_not_live: problem(403, 'Grant has ended', 'Ask for a new grant.'),
  budget_exhausted: problem(403, 'Budget used up', 'The agreement allows no more.'),
  object_name_refused: problem(400, 'Object name refused', 'The reason field says why.'),
  object_changed: problem(
    409,
    'Object changed',
    'The object is no longer the one that was sealed. Tell the owner.',
  ),
  range_not_satisfiable: problem(416, 'Range not satisfiable', 'Ask for one range inside it.'),
  if_match_failed: problem(
    412,
    'ETag differs',
    'The object has another ETag, or has changed since.',
  ),
  // The house
  service_unavailable: problem(503, 'Not available', 'Try again shortly.'),
  internal: problem(500, 'Unexpected error', 'Quote the traceId when you report it.'),
} as const satisfies Record<string, Problem>;

export type ErrorCode = keyof typeof PROBLEMS;

/** One fault of an input: where, as an RFC 6901 pointer into the body or a parameter name, and why. */
export interface FieldError {
  readonly pointer: string;
  readonly reason: string;
}

/** Public members of the problem document; `detail` replaces the code's own. */
export interface PublicFields {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly [name: string]: Json | readonly FieldError[] | undefined;
}

/** The only error thrown below controllers. `cause` reaches the log and never the caller. */
export class ConcordatError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly fields: PublicFields = {},
    options?: ErrorOptions,
  ) {
    super(fields.detail ?? PROBLEMS[code].detail, options);
    this.name = 'ConcordatError';
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}

export function isConcordatError(error: unknown, code?: ErrorCode): error is ConcordatError {
  return error instanceof ConcordatError && (code === undefined || error.code === code);
}
