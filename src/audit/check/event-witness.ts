import type { Json } from '../../kernel/canonical-json.js';
import { fieldDigest, fieldText, leafOf } from '../commitment.js';
import { NOBODY } from '../event-preparation.js';
import { readPayload } from '../payload.js';
import type { EventRow } from './event-rows.js';

const DIGEST_BYTES = 32;

/** A payload row that was opened: of nobody's, the columns are written from it. */
export interface OpenedRow {
  readonly subjectId: string;
  /** Undefined for a row that its key does not open. */
  readonly body: Buffer | undefined;
}

/**
 * What of an event is not what its published leaf commits it to: a column of `audit_event`, or its row in `audit_payload`.
 * @returns undefined when all of it is. What nobody committed to cannot be told: whom else an event is about, and the
 * outcome of types that do not list it.
 */
export function differenceOf(event: EventRow, rows: readonly OpenedRow[]): string | undefined {
  if (event.digests.length === 0) {
    // A stub of `concordat log recover`: nothing is left of it but its leaf.
    return rows.length > 0 ? 'audit_event.digests' : differenceOfPublic(event);
  }
  if (!leafOf(event.type, event.occurredAt, event.digests).equals(event.leaf)) {
    return differenceOfPublic(event) ?? 'audit_event.digests';
  }
  const digests = digestsOf(event.digests);
  for (const { subjectId, body } of rows) {
    if (!body || !isCommitted(body, digests)) {
      return 'audit_payload.body';
    }
    if (subjectId !== NOBODY && !event.personIds.includes(subjectId)) {
      return 'audit_event.person_ids';
    }
  }
  const open = rows.find(({ subjectId }) => subjectId === NOBODY)?.body;
  return open && differenceOfColumns(event, new Map(readPayload(open).fields));
}

/** What the leaf says in clear. */
function differenceOfPublic({ type, occurredAt, leaf }: EventRow): string | undefined {
  const { k, t } = JSON.parse(leaf.toString('utf8')) as { k: unknown; t: unknown };
  if (k !== type) {
    return 'audit_event.type';
  }
  return t === Math.floor(occurredAt.getTime() / 1000) ? undefined : 'audit_event.occurred_at';
}

function digestsOf(digests: Buffer): ReadonlySet<string> {
  const all = Array.from({ length: digests.length / DIGEST_BYTES }, (_, at) =>
    digests.toString('base64', at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES),
  );
  return new Set(all);
}

function isCommitted(body: Buffer, digests: ReadonlySet<string>): boolean {
  try {
    const { seed, fields } = readPayload(body);
    const texts = fields.map(([name, value]) => ({ name, text: fieldText(name, value), seed }));
    // Another text of the same values was changed too.
    const written = Buffer.concat([
      seed,
      Buffer.from(`[${texts.map(({ text }) => text).join(',')}]`),
    ]);
    return (
      written.equals(body) &&
      texts.every((field) => digests.has(fieldDigest(field).toString('base64')))
    );
  } catch {
    // It is no text of fields at all.
    return false;
  }
}

function differenceOfColumns(
  event: EventRow,
  fields: ReadonlyMap<string, Json>,
): string | undefined {
  const said = (name: string): Json => fields.get(name) ?? null;
  // A column of ids writes them in small letters, however they were asked with.
  const id = (name: string): Json => lowered(said(name));
  const organisations = new Set([
    ...((said('organisationIds') as readonly string[] | null) ?? []),
    ...(typeof said('actorOrganisationId') === 'string' ? [said('actorOrganisationId')] : []),
  ]);
  const columns: readonly (readonly [column: string, isSame: boolean])[] = [
    ['id', said('eventId') === event.id],
    ['type', said('type') === event.type],
    ['occurred_at', said('occurredAt') === event.occurredAt.toISOString()],
    ['outcome', !fields.has('outcome') || (said('outcome') ?? 'success') === event.outcome],
    ['organisation_ids', isSameList([...organisations].map(lowered), event.organisationIds)],
    ['target_type', said('targetType') === event.targetType],
    ['target_id', said('targetId') === event.targetId],
    ['project_id', id('projectId') === event.projectId],
    ['dataset_id', id('datasetId') === event.datasetId],
    ['agreement_id', id('agreementId') === event.agreementId],
    ['access_request_id', id('accessRequestId') === event.accessRequestId],
    ['grant_id', id('grantId') === event.grantId],
    ['reason_codes', isSameList(said('reasonCodes') ?? [], event.reasonCodes)],
    ['bytes', said('bytes') === (event.bytes === null ? null : Number(event.bytes))],
  ];
  const other = columns.find(([, isSame]) => !isSame);
  return other && `audit_event.${other[0]}`;
}

function lowered(value: Json): Json {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function isSameList(said: unknown, column: readonly string[]): boolean {
  return JSON.stringify(said) === JSON.stringify(column);
}
