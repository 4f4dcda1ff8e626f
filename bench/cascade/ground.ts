import type pg from 'pg';

/** Over how many projects the grants of one agreement spread. */
export const PROJECTS = 100;

/** What is copied: an agreement in force, an approved request and a live grant, all made by the broker. */
export interface Originals {
  readonly agreementId: string;
  readonly accessRequestId: string;
  readonly grantId: string;
}

export interface Ground {
  /** Another agreement in force with so many live grants. @returns its id. */
  addAgreement(grants: number): Promise<string>;
}

export async function makeGround(admin: pg.Client, originals: Originals): Promise<Ground> {
  await admin.query(
    `CREATE TABLE bench_project AS SELECT uuidv7() AS id, n FROM generate_series(1, $1::int) n`,
    [PROJECTS],
  );
  await admin.query(
    `INSERT INTO project SELECT (jsonb_populate_record(p, jsonb_build_object('id', b.id, 'reference',
       'PRJ-2000-' || 1000 + b.n))).*
     FROM project p, bench_project b WHERE p.id = (SELECT project_id FROM access_request WHERE id = $1)`,
    [originals.accessRequestId],
  );
  let agreements = 0;
  return {
    addAgreement: async (grants) => {
      agreements += 1;
      return copyAgreement(admin, originals, { number: agreements, grants });
    },
  };
}

async function copyAgreement(
  admin: pg.Client,
  { agreementId, accessRequestId, grantId }: Originals,
  { number, grants }: { readonly number: number; readonly grants: number },
): Promise<string> {
  const { rows } = await admin.query<{ id: string }>(
    `INSERT INTO agreement SELECT (jsonb_populate_record(a, jsonb_build_object('id', uuidv7(), 'reference',
       'CON-2000-' || 1000 + $2::int))).* FROM agreement a WHERE a.id = $1 RETURNING id`,
    [agreementId, number],
  );
  const id = rows[0]?.id ?? '';
  for (const [table, changes] of [
    ['agreement_version', `jsonb_build_object('agreement_id', $2::uuid)`],
    ['agreement_item', `jsonb_build_object('agreement_id', $2::uuid)`],
    ['agreement_party', `jsonb_build_object('agreement_id', $2::uuid, 'id', uuidv7())`],
  ] as const) {
    await admin.query(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(t, ${changes})).* FROM ${table} t WHERE t.agreement_id = $1`,
      [agreementId, id],
    );
  }
  await admin.query(
    `INSERT INTO access_request SELECT (jsonb_populate_record(r, jsonb_build_object('id', uuidv7(), 'agreement_id',
       $2::uuid, 'project_id', b.id, 'reference', 'REQ-' || 2000 + $4::int || '-' || 100000 + s.n))).*
     FROM access_request r, generate_series(1, $3::int) s (n) JOIN bench_project b ON b.n = 1 + s.n % ${String(PROJECTS)}
     WHERE r.id = $1`,
    [accessRequestId, id, grants, number],
  );
  await admin.query(
    `INSERT INTO grants SELECT (jsonb_populate_record(g, jsonb_build_object('id', uuidv7(), 'agreement_id', $2::uuid,
       'access_request_id', r.id, 'project_id', r.project_id))).*
     FROM grants g, access_request r WHERE g.id = $1 AND r.agreement_id = $2`,
    [grantId, id],
  );
  await admin.query('ANALYZE');
  return id;
}
