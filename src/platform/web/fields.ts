import { Transform } from 'class-transformer';
import { Length, ValidateBy } from 'class-validator';
import { isDay } from '../../kernel/london-day.js';
import { countWords, isWebAddress } from '../../kernel/text.js';

/** An event's text has at most 16 KiB. */
const EVENT_BYTES = 16_384;
/** So many characters fit, whatever they are. */
export const MAX_REASON = 2_000;

const TIME = '([01]\\d|2[0-3]):[0-5]\\d';
const INSTANT = new RegExp(
  `^[12]\\d{3}-\\d{2}-\\d{2}T${TIME}:[0-5]\\d(\\.\\d{1,3})?(Z|[+-]${TIME})$`,
);

/** Text without the spaces around it, so that spaces alone are no text. */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.trim() : value,
  );
}

/** A London day that exists, `YYYY-MM-DD`. */
export function IsDay(): PropertyDecorator {
  return check('isDay', isDay, 'must be a day, YYYY-MM-DD');
}

/** An instant of RFC 3339 that exists; ISO 8601 alone has weeks, ordinal days and commas, which no Date reads. */
export function IsInstant(): PropertyDecorator {
  return check('isInstant', isInstant, 'must be an instant, YYYY-MM-DDThh:mm:ssZ');
}

/** @param words at most so many. */
export function MaxWords(words: number): PropertyDecorator {
  const isShort = (text: string): boolean => countWords(text) <= words;
  return check('maxWords', isShort, `must have at most ${String(words)} words`);
}

/** Text that an event can carry, whatever its characters. */
export function FitsEvent(): PropertyDecorator {
  const fits = (text: string): boolean => Buffer.byteLength(JSON.stringify(text)) <= EVENT_BYTES;
  return check('fitsEvent', fits, `must be at most ${String(EVENT_BYTES)} bytes long`);
}

/** An address of the web, without credentials, and of at most 2,000 characters; in a list, each of them. */
export function AreWebAddresses(): PropertyDecorator {
  const areSo = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.every((one) => typeof one === 'string' && one.length <= 2_000 && isWebAddress(one));
  return ValidateBy({
    name: 'areWebAddresses',
    validator: { validate: areSo, defaultMessage: () => '$property must be addresses of the web' },
  });
}

/** Why something is done, in a person's words. */
export class ReasonDto {
  @Trimmed()
  @Length(1, MAX_REASON)
  reason: string;
}

function isInstant(text: string): boolean {
  return INSTANT.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
}

function check(name: string, isSo: (text: string) => boolean, message: string): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && isSo(value);
  return ValidateBy({
    name,
    validator: { validate, defaultMessage: () => `$property ${message}` },
  });
}
