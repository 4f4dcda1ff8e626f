// Controls, and what turns the direction of text around: neither is seen, and both deceive whoever reads.
const UNSEEN = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A value as text that can be kept and shown; undefined for what is none, or says nothing. Markup in it stays text. */
export function plainText(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') {
    return undefined;
  }
  const text = String(value).toWellFormed().replace(/\r\n?/g, '\n').replace(UNSEEN, ' ').trim();
  return text === '' ? undefined : text;
}

/** The first of these that is text. */
export function firstText(...values: readonly unknown[]): string | undefined {
  return values.map(plainText).find((text) => text !== undefined);
}

/** At most `max` UTF-16 units; what was cut ends in an ellipsis. */
export function cut(text: string, max: number): string {
  return text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .toWellFormed()
        .trimEnd()}…`;
}

export type Members = Readonly<Record<string, unknown>>;

/** The members of a value; none of what has none. */
export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Members)
    : {};
}

/** A value as a list: what is not there is an empty one, what is single is one of one. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) {
    return [];
  }
  return Array.isArray(value) ? value : [value];
}
