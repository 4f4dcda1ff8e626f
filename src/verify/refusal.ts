/** What `concordat verify` ends with (audit-log section 12). */
export const EXIT = { verified: 0, failed: 1, badInput: 2, io: 3 } as const;

/** Where in the evidence it lies; numbers as text, for a log may be larger than a double counts. */
export interface Place {
  /** A file, or a path under the log. */
  readonly object?: string;
  /** Of an entry in the log, or of a line, from 0. */
  readonly index?: string;
  /** In bytes from the beginning of the object. */
  readonly offset?: string;
  readonly field?: string;
}

/** Why something was not verified, in one line. Everything this folder throws on purpose is one of these. */
export class Refusal extends Error {
  constructor(
    readonly exitCode: (typeof EXIT)['failed' | 'badInput' | 'io'],
    readonly reason: string,
    readonly place: Place = {},
  ) {
    super([...placeWords(place), reason].join(': '));
    this.name = 'Refusal';
  }

  /** The same reason, said of where the thing that was read lies. */
  within(place: Place): Refusal {
    return new Refusal(this.exitCode, this.reason, { ...place, ...this.place });
  }
}

/** The evidence is well formed, and does not prove what it says. */
export function failed(reason: string, place?: Place): Refusal {
  return new Refusal(EXIT.failed, reason, place);
}

/** What was given is not of the format that it should be. */
export function badInput(reason: string, place?: Place): Refusal {
  return new Refusal(EXIT.badInput, reason, place);
}

/** What should be read cannot be. */
export function unreadable(reason: string, place?: Place): Refusal {
  return new Refusal(EXIT.io, reason, place);
}

/** Runs `read` on what lies in an object or at a place, so that its refusal says where. */
export function within<T>(place: string | Place, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Refusal
      ? error.within(typeof place === 'string' ? { object: place } : place)
      : error;
  }
}

function placeWords({ object, index, offset, field }: Place): readonly string[] {
  const at = [
    ...(index === undefined ? [] : [`entry ${index}`]),
    ...(offset === undefined ? [] : [`byte ${offset}`]),
    ...(field === undefined ? [] : [field]),
  ].join(', ');
  return [object ?? '', at].filter((words) => words !== '');
}
