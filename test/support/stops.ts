import type { Cause } from '../../src/cascade/cause.js';
import type { ErrorCode } from '../../src/kernel/errors.js';
import type { Lock } from '../../src/kernel/lock-order.js';
import { GROUND } from './grant-world.js';

/** One thing that ends grants, as the slice that owns it writes it: under its lock, with its cascade. */
export interface Stop {
  readonly name: string;
  readonly lock: Lock;
  readonly sql: string;
  readonly undo: string;
  readonly cause: Cause;
  /** What an issue that comes after it is told. */
  readonly code: ErrorCode;
}

/** What the agreement of these stops requires, so that each of it may lapse. */
export const STOPPABLE_TERMS = {
  accreditations: ['dea_full'],
  trainings: ['safe_researcher'],
  orgChecks: ['dspt'],
} as const;

const { agreement: agreementId, recipient, provider, researcher: personId, project } = GROUND;
const agreement: Lock = { kind: 'agreement', id: agreementId };
const person: Lock = { kind: 'person', id: personId };
const projectLock: Lock = { kind: 'project', id: project };
const store: Lock = { kind: 'store', id: GROUND.store };
const hers = `person_id = '${personId}'`;

const version = (status: string): Stop => ({
  name: `the version ${status}`,
  lock: agreement,
  sql: `UPDATE agreement_version SET status = '${status}' WHERE version = 1`,
  undo: `UPDATE agreement_version SET status = 'active' WHERE version = 1`,
  cause: { code: 'version_stopped', agreementId, version: 1 },
  code: 'agreement_not_active',
});
const party = (whose: string, organisationId: string, status: string): Stop => ({
  name: `the ${whose}’s party ${status}`,
  lock: agreement,
  sql: `UPDATE agreement_party SET status = '${status}' WHERE organisation_id = '${organisationId}'`,
  undo: `UPDATE agreement_party SET status = 'active'`,
  cause: { code: 'party_stopped', agreementId, organisationId },
  code: 'agreement_not_active',
});
const organisation = (whose: string, id: string, status: string): Stop => ({
  name: `the ${whose} ${status}`,
  lock: { kind: 'organisation', id },
  sql: `UPDATE organisation SET status = '${status}' WHERE id = '${id}'`,
  undo: `UPDATE organisation SET status = 'active'`,
  cause: { code: 'organisation_stopped', organisationId: id },
  code: 'agreement_not_active',
});
const dataset = (status: string): Stop => ({
  name: `the dataset ${status}`,
  lock: store,
  sql: `UPDATE dataset SET status = '${status}'`,
  undo: `UPDATE dataset SET status = 'published'`,
  cause: { code: 'dataset_stopped', datasetId: GROUND.dataset },
  code: 'dataset_unavailable',
});
const accreditation = (state: string): Stop => ({
  name: `the accreditation ${state}`,
  lock: person,
  sql: `UPDATE accreditation SET state = '${state}' WHERE ${hers}`,
  undo: `UPDATE accreditation SET state = 'verified'`,
  cause: { code: 'accreditation_lapsed', personId, scheme: 'dea_full' },
  code: 'accreditation_lapsed',
});

/** Every cause of domain.md section 3, "Cascades", in every state in which it stops. Version 2 waits, and asks for DPoP. */
export const STOPS: readonly Stop[] = [
  ...['suspended', 'terminated', 'expired'].map(version),
  {
    name: 'the version superseded',
    lock: agreement,
    sql: `UPDATE agreement_version SET status = 'superseded' WHERE version = 1;
      UPDATE agreement_version SET status = 'active' WHERE version = 2; UPDATE agreement SET current_version = 2`,
    undo: `UPDATE agreement_version SET status = 'awaiting_signature' WHERE version = 2;
      UPDATE agreement_version SET status = 'active' WHERE version = 1; UPDATE agreement SET current_version = 1;
      UPDATE access_request SET agreement_version = 1`,
    cause: { code: 'version_superseded', agreementId, version: 1, nextVersion: 2 },
    code: 'undertaking_stale',
  },
  ...['suspended', 'withdrawn', 'excluded', 'lapsed'].flatMap((status) => [
    party('recipient', recipient, status),
    party('provider', provider, status),
  ]),
  ...['suspended', 'closed'].flatMap((status) => [
    organisation('recipient', recipient, status),
    organisation('provider', provider, status),
  ]),
  {
    name: 'the membership ended',
    lock: person,
    sql: `UPDATE membership SET ended_at = now() WHERE ${hers}`,
    undo: `UPDATE membership SET ended_at = NULL`,
    cause: { code: 'membership_ended', personId, organisationId: recipient },
    code: 'affiliation_ended',
  },
  {
    name: 'the role ended',
    lock: person,
    sql: `UPDATE membership_role SET ended_at = now() WHERE membership_id = '${personId}'`,
    undo: `UPDATE membership_role SET ended_at = NULL`,
    cause: { code: 'role_ended', personId, organisationId: recipient, role: 'researcher' },
    code: 'affiliation_ended',
  },
  {
    name: 'the person suspended',
    lock: person,
    sql: `UPDATE person SET status = 'suspended' WHERE id = '${personId}'`,
    undo: `UPDATE person SET status = 'active'`,
    cause: { code: 'person_suspended', personId },
    code: 'person_suspended',
  },
  ...['withdrawn', 'lapsed'].map(accreditation),
  {
    name: 'the training lapsed',
    lock: person,
    sql: `UPDATE training SET awarded_on = '2025-01-01', expires_on = '2026-01-02' WHERE ${hers}`,
    undo: `UPDATE training SET awarded_on = '2026-01-01', expires_on = '2099-01-01'`,
    cause: { code: 'training_lapsed', personId, course: 'safe_researcher' },
    code: 'training_lapsed',
  },
  {
    name: 'the organisation’s check lapsed',
    lock: { kind: 'organisation', id: recipient },
    sql: `UPDATE organisation_check SET issued_on = '2025-01-01', expires_on = '2026-01-02'`,
    undo: `UPDATE organisation_check SET issued_on = '2026-01-01', expires_on = '2099-01-01'`,
    cause: { code: 'organisation_check_lapsed', organisationId: recipient, kind: 'dspt' },
    code: 'organisation_check_lapsed',
  },
  {
    name: 'the project closed',
    lock: projectLock,
    sql: `UPDATE project SET status = 'closed'`,
    undo: `UPDATE project SET status = 'active'`,
    cause: { code: 'project_closed', projectId: project },
    code: 'affiliation_ended',
  },
  {
    name: 'the member removed',
    lock: projectLock,
    sql: `UPDATE project_member SET removed_at = now() WHERE ${hers}`,
    undo: `UPDATE project_member SET removed_at = NULL`,
    cause: { code: 'member_removed', projectId: project, personId },
    code: 'affiliation_ended',
  },
  ...['frozen', 'withdrawn'].map(dataset),
  {
    name: 'the store suspended',
    lock: store,
    sql: `UPDATE partner_store SET status = 'suspended'`,
    undo: `UPDATE partner_store SET status = 'ready'`,
    cause: { code: 'store_suspended', storeId: GROUND.store },
    code: 'store_not_ready',
  },
];
