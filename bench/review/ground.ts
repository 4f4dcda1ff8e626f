import type pg from 'pg';

/** A city of this size. */
export const CITY = {
  organisations: 33,
  people: 5_000,
  projects: 400,
  datasets: 3_000,
  agreements: 300,
  requests: 10_000,
  grants: 40_000,
  closures: 2_000,
} as const;

type Kind = keyof typeof KINDS;
const KINDS = {
  organisation: 1,
  person: 2,
  project: 3,
  dataset: 4,
  store: 5,
  agreement: 6,
  request: 7,
  grant: 8,
  membership: 9,
  party: 10,
  award: 11,
  closure: 12,
  event: 14,
} as const;

/** The id of the nth of a kind, as SQL. */
export const id = (kind: Kind, n = 'n'): string =>
  `('000000${KINDS[kind].toString(16).padStart(2, '0')}-0000-7000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;

const ORGANISATIONS = String(CITY.organisations);
/** Whose the nth dataset and agreement is, and who receives under the nth agreement. */
const OWNER = `1 + n % ${ORGANISATIONS}`;
const RECIPIENT = `1 + (n + 1 + n % 31) % ${ORGANISATIONS}`;
/** Under which agreement the nth request is, for which of its owner's datasets, and who asks. */
const AGREEMENT = `1 + n % ${String(CITY.agreements)}`;
const ofAgreement = (sql: string): string => sql.replaceAll(/\bn\b/g, `(${AGREEMENT})`);
const DATASET = `(${ofAgreement(`n % ${ORGANISATIONS}`)}) + ${ORGANISATIONS} * (1 + n % 88)`;
const REQUESTER = `(${ofAgreement(RECIPIENT)}) + ${ORGANISATIONS} * (n % 150)`;

/** Days from today, spread over so many, of which some have gone by. */
const day = (over: number, gone: number): string =>
  `(current_date + (n * 7) % ${String(over)} - ${String(gone)})`;
const text = (date: string): string => `to_char(${date}, 'YYYY-MM-DD')`;

/** What the broker made: rows that are copied. */
export interface Originals {
  readonly accessRequestId: string;
  readonly grantId: string;
}

/** Copies of one row of a table, changed by JSON of SQL. `o` is the row. */
interface Copies {
  readonly table: string;
  readonly count: number;
  readonly changes: Readonly<Record<string, string>>;
  /** Which row, beside `request`, the request that everything here belongs to. */
  readonly original: string;
}

const REQUEST = `(SELECT r.* FROM access_request r WHERE r.id = $1)`;

const COPIES: readonly Copies[] = [
  {
    table: 'organisation',
    count: CITY.organisations,
    original: 'o.id = request.organisation_id',
    changes: { id: id('organisation'), name: `'Borough ' || n`, identifier: 'NULL' },
  },
  {
    table: 'person',
    count: CITY.people,
    original: 'o.id = request.requester_id',
    changes: {
      id: id('person'),
      subject: `'bench-' || n`,
      pseudonym: `'P-' || translate(lpad(n::text, 8, '0'), '0189', 'abcd')`,
    },
  },
  {
    table: 'membership',
    count: CITY.people,
    original: 'o.person_id = request.requester_id AND o.organisation_id = request.organisation_id',
    changes: {
      id: id('membership'),
      person_id: id('person'),
      organisation_id: id('organisation', `1 + (n - 1) % ${ORGANISATIONS}`),
      ends_on: day(1500, 0),
    },
  },
  {
    table: 'training',
    count: CITY.people,
    original: 'o.person_id = request.requester_id',
    changes: { id: id('award'), person_id: id('person'), expires_on: day(1000, 0) },
  },
  {
    table: 'project',
    count: CITY.projects,
    original: 'o.id = request.project_id',
    changes: {
      id: id('project'),
      reference: `'PRJ-2000-' || 1000 + n`,
      organisation_id: id('organisation', OWNER),
      ends_on: day(900, 0),
    },
  },
  {
    table: 'partner_store',
    count: CITY.organisations,
    original: 'o.id = (SELECT d.store_id FROM dataset d WHERE d.id = request.dataset_id)',
    changes: {
      id: id('store'),
      organisation_id: id('organisation', OWNER),
      name: `'Store ' || n`,
      access_log: `'{"bucket":"logs","prefix":""}'::jsonb`,
    },
  },
  {
    table: 'dataset',
    count: CITY.datasets,
    original: 'o.id = request.dataset_id',
    changes: {
      id: id('dataset'),
      organisation_id: id('organisation', OWNER),
      store_id: id(
        'store',
        `CASE WHEN n % ${ORGANISATIONS} = 0 THEN ${ORGANISATIONS} ELSE n % ${ORGANISATIONS} END`,
      ),
      population_id: id('dataset'),
      title: `'Dataset ' || n`,
      prefix: `'bench/' || n || '/'`,
    },
  },
  {
    table: 'agreement',
    count: CITY.agreements,
    original: 'o.id = request.agreement_id',
    changes: {
      id: id('agreement'),
      reference: `'CON-2000-' || 1000 + n`,
      organisation_id: id('organisation', OWNER),
    },
  },
  {
    table: 'agreement_version',
    count: CITY.agreements,
    original: 'o.agreement_id = request.agreement_id AND o.version = request.agreement_version',
    changes: {
      agreement_id: id('agreement'),
      version: '1',
      status: `'active'`,
      starts_at: `now() - interval '4 years'`,
      activated_at: `now() - interval '4 years'`,
      ends_at: `(${day(1200, -20)} + 1)::timestamptz`,
      terms: `replace(replace((o.terms || jsonb_build_object('endsOn', ${text(day(1200, -20))},
          'reviewOn', ${text(day(360, 20))}))::text,
        (SELECT d.organisation_id::text FROM dataset d WHERE d.id = request.dataset_id), (${id('organisation', OWNER)})::text),
        request.organisation_id::text, (${id('organisation', RECIPIENT)})::text)::jsonb`,
    },
  },
  {
    table: 'agreement_item',
    count: 10 * CITY.agreements,
    original: `o.agreement_id = request.agreement_id AND o.version = request.agreement_version
      AND o.dataset_id = request.dataset_id`,
    changes: {
      agreement_id: id('agreement', AGREEMENT),
      version: '1',
      dataset_id: id(
        'dataset',
        `(${ofAgreement(`n % ${ORGANISATIONS}`)}) + ${ORGANISATIONS} * (1 + n / ${String(CITY.agreements)})`,
      ),
    },
  },
  ...(['provider', 'recipient'] as const).map((side, at) => ({
    table: 'agreement_party',
    count: CITY.agreements,
    original: `o.agreement_id = request.agreement_id AND o.data_role = '${side}'`,
    changes: {
      id: id('party', `2 * n + ${String(at)}`),
      agreement_id: id('agreement'),
      organisation_id: id('organisation', side === 'provider' ? OWNER : RECIPIENT),
      status: `'active'`,
    },
  })),
  ...(['provider', 'recipient'] as const).map((side, at) => ({
    table: 'agreement_signoff',
    count: CITY.agreements,
    original: `o.agreement_id = request.agreement_id AND o.version = request.agreement_version AND o.voided_at IS NULL
      AND o.party_id = (SELECT y.id FROM agreement_party y WHERE y.agreement_id = o.agreement_id AND y.data_role = '${side}')`,
    changes: {
      id: id('party', `2 * n + ${String(at)}`),
      agreement_id: id('agreement'),
      version: '1',
      party_id: id('party', `2 * n + ${String(at)}`),
    },
  })),
  {
    table: 'access_request',
    count: CITY.requests,
    original: 'o.id = request.id',
    changes: {
      id: id('request'),
      reference: `'REQ-2000-' || 100000 + n`,
      agreement_id: id('agreement', AGREEMENT),
      agreement_version: '1',
      dataset_id: id('dataset', DATASET),
      project_id: id('project', `1 + n % ${String(CITY.projects)}`),
      requester_id: id('person', REQUESTER),
      organisation_id: id('organisation', ofAgreement(RECIPIENT)),
      until_on: day(500, 0),
    },
  },
  {
    table: 'access_decision',
    count: CITY.requests,
    original: 'o.access_request_id = request.id',
    changes: { id: id('request'), access_request_id: id('request') },
  },
];

/** Fills every table but the trail. Foreign keys are off meanwhile: what is copied was made by the broker. */
export async function makeCity(
  admin: pg.Client,
  { accessRequestId, grantId }: Originals,
): Promise<void> {
  await admin.query(`SET session_replication_role = replica`);
  for (const { table, count, original, changes } of COPIES) {
    const fields = Object.entries(changes).map(([name, sql]) => `'${name}', ${sql}`);
    const columns = await columnsOf(admin, table);
    const { rowCount } = await admin.query(
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM (SELECT c.* FROM ${REQUEST} request JOIN ${table} o ON ${original},
         generate_series(1, $2::int) n, LATERAL jsonb_populate_record(o, jsonb_build_object(${fields.join(', ')})) c) c`,
      [accessRequestId, count],
    );
    if (rowCount !== count) {
      throw new Error(`${String(rowCount)} rows of ${table}: ${String(count)} were to be made`);
    }
  }
  await makeGrants(admin, grantId);
  await makeClosures(admin);
  await admin.query(`INSERT INTO access_log (store_id, since, read_due_at, read_at)
    SELECT ${id('store')}, now() - interval '4 years', 'infinity', now() FROM generate_series(1, ${ORGANISATIONS}) n`);
}

/** Those that are not computed. */
async function columnsOf(admin: pg.Client, table: string): Promise<string> {
  const { rows } = await admin.query<{ names: string }>(
    `SELECT string_agg(quote_ident(attname), ', ') AS names FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  );
  return rows[0]?.names ?? '';
}

/** One after the other over three years, each for sixty days: of a request many, of which one may be live. */
async function makeGrants(admin: pg.Client, grantId: string): Promise<void> {
  const columns = await columnsOf(admin, 'grants');
  await admin.query(
    `INSERT INTO grants (${columns}) SELECT ${columns} FROM (
       SELECT c.* FROM grants o JOIN generate_series(1, $2::int) n ON o.id = $1
         JOIN access_request r ON r.id = ${id('request', `1 + n % ${String(CITY.requests)}`)}
         JOIN dataset d ON d.id = r.dataset_id
         CROSS JOIN LATERAL (SELECT ${issuedAt('n')} AS at) issued
         CROSS JOIN LATERAL (SELECT CASE WHEN issued.at + interval '60 days' < now() THEN issued.at + interval '60 days' END AS past) ended,
         LATERAL jsonb_populate_record(o, jsonb_build_object('id', ${id('grant')}, 'access_request_id', r.id,
           'person_id', r.requester_id, 'organisation_id', r.organisation_id, 'project_id', r.project_id,
           'agreement_id', r.agreement_id, 'agreement_version', 1, 'dataset_id', d.id, 'provider_id', d.organisation_id,
           'store_id', d.store_id, 'status', CASE WHEN past IS NULL THEN 'active' ELSE 'expired' END, 'issued_at', issued.at,
           'expires_at', issued.at + interval '60 days', 'ended_at', past,
           'end_reason', CASE WHEN past IS NOT NULL THEN 'expired' END,
           'delivery', CASE WHEN n % 8 = 0 THEN 'presign' ELSE 'stream' END)) c) c`,
    [grantId, CITY.grants],
  );
}

/** Of what has ended: seven in ten are settled, the others wait. */
async function makeClosures(admin: pg.Client): Promise<void> {
  await admin.query(
    `INSERT INTO closure (id, project_id, agreement_id, organisation_id, provider_id, status, opened_at, due_at, certificate,
       certificate_hash, jws, attested_by, attested_at, verified_by, verified_at, audit_event_id)
     SELECT ${id('closure')}, project_id, agreement_id, organisation_id, provider_id, status, opened_at,
       opened_at + interval '30 days', c, h, j, a, t, CASE WHEN status = 'verified' THEN a END,
       CASE WHEN status = 'verified' THEN t END, ${id('event', '1')}
     FROM (SELECT g.*, row_number() OVER (ORDER BY opened_at) AS n FROM (
         SELECT project_id, agreement_id, organisation_id, provider_id, min(person_id::text)::uuid AS by,
           max(ended_at) AS opened_at
         FROM grants WHERE ended_at IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 6 LIMIT $1) g) g,
       LATERAL (SELECT (ARRAY['due', 'overdue', 'attested', 'verified', 'verified', 'verified', 'verified', 'verified',
         'verified', 'verified'])[1 + n % 10] AS status) s
       LEFT JOIN LATERAL (SELECT '{}' AS c, 'sha-256:' || repeat('0', 64) AS h, 'j' AS j, by AS a, now() AS t) attested
         ON status IN ('attested', 'verified')`,
    [CITY.closures],
  );
}

/** When the nth grant was issued. */
export function issuedAt(n: string): string {
  return `(now() - interval '3 years' * (1 - (${n})::float / ${String(CITY.grants)}))`;
}
