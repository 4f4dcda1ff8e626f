import type { ApiBodyOptions } from '@nestjs/swagger';
import { TERMS_SCHEMA } from './terms.schema.js';

type SchemaObject = Extract<ApiBodyOptions, { schema: unknown }>['schema'];

/** Terms as a PATCH changes them. */
export const TERMS_BODY = TERMS_SCHEMA as unknown as SchemaObject;

/** Terms as a POST starts them, beside who drafts and what they start from. */
export const DRAFT_BODY = {
  ...TERMS_SCHEMA,
  properties: {
    organisationId: { type: 'string', format: 'uuid' },
    fromAgreementId: { type: 'string', format: 'uuid' },
    fromTemplate: { type: 'string' },
    ...TERMS_SCHEMA.properties,
  },
} as unknown as SchemaObject;
