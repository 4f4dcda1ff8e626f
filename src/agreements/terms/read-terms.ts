import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';
import { isDay } from '../../kernel/london-day.js';
import { isWebAddress } from '../../kernel/text.js';
import { NOT_BLANK, TRIMMED } from './schema-parts.js';
import { TERMS_SCHEMA } from './terms.schema.js';
import type { DraftTerms } from './terms.types.js';

const MAX_ERRORS = 100;
const EMAIL = /^[^\s@<>"',;:]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
const COUNTRY = /^[A-Z]{2}$/;
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

const PATTERNS: Readonly<Record<string, string>> = {
  [NOT_BLANK]: 'must not be blank',
  [TRIMMED]: 'must not be blank, nor begin or end with a space',
};

const validate = new Ajv2020({
  allErrors: true,
  formats: {
    uuid: isUuid,
    day: isDay,
    email: (value: string) => EMAIL.test(value),
    webAddress: isWebAddress,
    country: (value: string) => COUNTRY.test(value) && regions.of(value) !== undefined,
  },
}).compile<DraftTerms>(TERMS_SCHEMA);

/**
 * Reads terms that may be incomplete but must be well-typed.
 * @throws ConcordatError `agreement_field_unknown` (R2.2), or `input_invalid` for a wrong type or a broken bound; each
 * with one JSON Pointer per fault.
 */
export function readTerms(input: unknown): DraftTerms {
  if (validate(input)) {
    return input;
  }
  // `if` says again what its branch has said.
  const faults = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  const unknown = faults.filter(({ keyword }) => keyword === 'additionalProperties');
  throw new ConcordatError(unknown.length > 0 ? 'agreement_field_unknown' : 'input_invalid', {
    errors: (unknown.length > 0 ? unknown : faults).map(toFieldError).slice(0, MAX_ERRORS),
  });
}

function toFieldError({ instancePath, keyword, params, message }: ErrorObject): FieldError {
  if (keyword !== 'additionalProperties') {
    const reason =
      keyword === 'pattern' ? PATTERNS[(params as { pattern: string }).pattern] : undefined;
    if (reason !== undefined) {
      return { pointer: instancePath, reason };
    }
    const allowed = keyword === 'enum' ? (params as { allowedValues: string[] }) : undefined;
    const list = allowed ? `: ${allowed.allowedValues.join(', ')}` : '';
    return { pointer: instancePath, reason: `${message ?? 'is not valid'}${list}` };
  }
  const { additionalProperty } = params as { additionalProperty: string };
  const name = additionalProperty.replaceAll('~', '~0').replaceAll('/', '~1');
  return { pointer: `${instancePath}/${name}`, reason: 'is not a known field' };
}
