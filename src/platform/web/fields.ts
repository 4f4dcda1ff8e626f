import { Transform } from 'class-transformer';
import { Length, ValidateBy } from 'class-validator';
import { isDay } from '../../kernel/london-day.js';

/** An event's text has at most 16 KiB, whatever its characters. */
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
