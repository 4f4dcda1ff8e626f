import { Transform } from 'class-transformer';

/** An event's text has at most 16 KiB, whatever its characters. */
export const MAX_REASON = 2_000;

/** Text without the spaces around it, so that spaces alone are no text. */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.trim() : value,
  );
}
