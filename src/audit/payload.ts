import type { Json } from '../kernel/canonical-json.js';
import { SEED_BYTES } from './event-preparation.js';

/** A payload row in clear: what salts its fields, and the fields. */
export interface Payload {
  readonly seed: Buffer;
  readonly fields: readonly (readonly [name: string, value: Json])[];
}

/** Reads a payload row in clear: seed ‖ JCS [[name, value], …] (audit-log section 7). */
export function readPayload(body: Buffer): Payload {
  return {
    seed: body.subarray(0, SEED_BYTES),
    fields: JSON.parse(body.toString('utf8', SEED_BYTES)) as [string, Json][],
  };
}
