/** Somebody as the main database knew them until now. */
export interface KnownPerson {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly pseudonym: string;
}

/** When the erasure is, and its event: rows that end by it point there. */
export interface ErasureMoment {
  readonly at: Date;
  readonly auditEventId: string;
}

type Statement = readonly [sql: string, params: readonly unknown[]];

/** How a person's values leave a table. */
export interface ValueErasure {
  /** `table.column`: the test of completeness knows every column of text. */
  readonly columns: readonly string[];
  readonly statements: (person: KnownPerson, moment: ErasureMoment) => readonly Statement[];
}

const ERASED = `'Erased.'`;

/**
 * Where the main database holds what is personal, besides the person's own row and the payload of events. What somebody
 * wrote goes; of what others wrote only the mention of them goes. Documents that were signed stay (ADR 0039).
 */
export const PERSONAL_VALUES: readonly ValueErasure[] = [
  {
    columns: ['session.sess'],
    statements: ({ issuer, subject }) => [['SELECT forget_sessions_of($1, $2)', [issuer, subject]]],
  },
  words('membership', ['position'], 'person_id = $1'),
  words('accreditation', ['number'], 'person_id = $1'),
  words(
    'delegation',
    ['reason'],
    'deputy_id = $1 OR membership_id IN (SELECT id FROM membership WHERE person_id = $1)',
  ),
  words('agreement_review', ['reason'], 'person_id = $1'),
  words('agreement_notice', ['reason'], 'coalesce(proposed_by, given_by) = $1'),
  // The reason of a hold that stands is needed by whoever may release it.
  words('retention_hold', ['reason'], 'placed_by = $1 AND released_at IS NOT NULL'),
  {
    columns: ['personal_token.name'],
    statements: ({ id }, { at, auditEventId }) => [
      [
        'UPDATE personal_token SET ended_at = $2, audit_event_id = $3 WHERE person_id = $1 AND ended_at IS NULL',
        [id, at, auditEventId],
      ],
      [`UPDATE personal_token SET name = ${ERASED} WHERE person_id = $1`, [id]],
    ],
  },
  {
    columns: ['invitation.email', 'invitation.position'],
    statements: ({ id, email }, { at, auditEventId }) => [
      [
        `UPDATE invitation SET email = NULL, position = ${ERASED}, ended_at = $2, audit_event_id = $3,
           status = 'withdrawn' WHERE status = 'open' AND lower(email) = lower($1)`,
        [email, at, auditEventId],
      ],
      [`UPDATE invitation SET position = ${ERASED} WHERE accepted_by = $1`, [id]],
    ],
  },
  {
    columns: [
      'access_request.justification',
      'access_request.conflict_text',
      'access_request.five_safes',
    ],
    statements: ({ id }) => [
      [
        `UPDATE access_request SET justification = ${ERASED}, conflict_text = CASE WHEN conflict THEN ${ERASED} END,
           five_safes = NULL WHERE requester_id = $1`,
        [id],
      ],
    ],
  },
  {
    columns: ['approval.change'],
    statements: ({ id }) => [
      [
        `UPDATE approval SET change = change - 'reason' WHERE change ? 'reason' AND (proposed_by = $1 OR target_id = $1
           OR target_id IN (SELECT id FROM membership WHERE person_id = $1))`,
        [id],
      ],
    ],
  },
  {
    columns: ['idempotency.answer'],
    statements: (person) => [
      ['DELETE FROM idempotency WHERE principal_id = $1', [person.id]],
      ...mentionsOf(person).map((mention): Statement => [
        'DELETE FROM idempotency WHERE position($1 IN answer::text) > 0',
        [JSON.stringify(mention).slice(1, -1)],
      ]),
    ],
  },
  {
    // Somebody's own searches, and those of others that look for them.
    columns: ['saved_query.name', 'saved_query.query'],
    statements: (person) => [
      ['DELETE FROM saved_query WHERE person_id = $1', [person.id]],
      ...[person.id, ...mentionsOf(person)].map((mention): Statement => [
        'DELETE FROM saved_query WHERE position($1 IN query) > 0 OR position($1 IN name) > 0',
        [mention],
      ]),
    ],
  },
  {
    columns: ['mail_outbox.recipient'],
    statements: ({ email }) => [
      ['DELETE FROM mail_outbox WHERE lower(recipient) = lower($1)', [email]],
    ],
  },
  mentions('mail_outbox', ['subject', 'body']),
  mentions('reminder', ['about']),
  mentions('access_request', ['linkage']),
  mentions('dataset', ['contact', 'publisher', 'description', 'steward_contact', 'quality_notes']),
  mentions('organisation', ['summary', 'contact']),
  mentions('team', ['name', 'purpose', 'contact']),
  mentions('project', ['summary', 'technical_summary', 'public_benefit', 'other_applicants']),
];

/** What somebody wrote, or what was written of them alone. @param whose a condition on `$1`, the person. */
function words(table: string, columns: readonly string[], whose: string): ValueErasure {
  const set = columns.map((column) => `${column} = ${ERASED}`).join(', ');
  return {
    columns: columns.map((column) => `${table}.${column}`),
    statements: ({ id }) => [[`UPDATE ${table} SET ${set} WHERE ${whose}`, [id]]],
  };
}

/** What others wrote: the mention of the person goes, and the rest stays. */
function mentions(table: string, columns: readonly string[]): ValueErasure {
  const set = columns.map((column) => `${column} = replace(${column}, $1, 'somebody erased')`);
  const found = columns.map((column) => `position($1 IN ${column}) > 0`);
  const sql = `UPDATE ${table} SET ${set.join(', ')} WHERE ${found.join(' OR ')}`;
  return {
    columns: columns.map((column) => `${table}.${column}`),
    statements: (person) => mentionsOf(person).map((mention) => [sql, [mention]]),
  };
}

// A name of one word may be a word of something else.
function mentionsOf({ name, email, pseudonym }: KnownPerson): readonly string[] {
  const fullName = name !== null && /\S\s+\S/.test(name) ? name : null;
  return [fullName, email, pseudonym].filter((one): one is string => one !== null && one !== '');
}
