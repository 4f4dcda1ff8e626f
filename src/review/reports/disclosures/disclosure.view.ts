import type { Json } from '../../../kernel/canonical-json.js';
import { readPayload } from '../../../audit/payload.js';
import { DELIVERY_TYPES } from '../disclosure-types.js';
import type { DisclosurePosition, DisclosureRow } from './disclosures.repository.js';

const KINDS: Readonly<Record<string, DisclosureKind>> = {
  'object.delivered': 'delivered',
  'object.cut': 'cut',
  'feed.delivered': 'feed',
  'object.url-issued': 'urls_issued',
  'object.credential-issued': 'credentials_issued',
};

type DisclosureKind = 'delivered' | 'cut' | 'feed' | 'urls_issued' | 'credentials_issued';

/** What left, to whom, when and under what. People by pseudonym (R5.7). */
export interface DisclosureView extends Pick<
  DisclosureRow,
  | 'id'
  | 'grantId'
  | 'delivery'
  | 'pseudonym'
  | 'recipient'
  | 'provider'
  | 'dataset'
  | 'accessRequest'
  | 'agreement'
  | 'reasonCodes'
> {
  readonly kind: DisclosureKind;
  /** False for URLs and credentials: what was fetched with them only the store knows (R5.4). */
  readonly isDelivery: boolean;
  readonly occurredAt: string;
  /** Of a delivery that was cut, those that had left. */
  readonly bytes: number | null;
  /** Null for a whole prefix, and once the payload was erased. */
  readonly object: { readonly name: Json; readonly version: Json; readonly range: Json } | null;
  /** How many URLs, or how many objects a feed told of. */
  readonly count: number | null;
}

export function toDisclosureView(row: DisclosureRow): DisclosureView {
  const fields = new Map(row.body === null ? [] : readPayload(row.body).fields);
  const field = (name: string): Json => fields.get(name) ?? null;
  const name = field('objectId');
  const count = field('count');
  return {
    id: row.id,
    kind: KINDS[row.type] ?? 'delivered',
    isDelivery: DELIVERY_TYPES.some((type) => type === row.type),
    occurredAt: row.occurredAt.toISOString(),
    bytes: row.bytes === null ? null : Number(row.bytes),
    object: name === null ? null : { name, version: field('objectVersion'), range: field('range') },
    count: typeof count === 'number' ? count : null,
    grantId: row.grantId,
    delivery: row.delivery,
    pseudonym: row.pseudonym,
    recipient: row.recipient,
    provider: row.provider,
    dataset: row.dataset,
    accessRequest: row.accessRequest,
    agreement: row.agreement,
    reasonCodes: row.reasonCodes,
  };
}

export function positionOf({ occurredAt, id }: DisclosureRow): DisclosurePosition {
  return { occurredAt: occurredAt.toISOString(), id };
}
