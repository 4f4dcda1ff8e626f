import type { ImpactType } from './impact.rules.js';

/** An act on a thing that is asked about first, on a page of its own. */
export interface Stop {
  /** What is asked: `Suspend`; the name of the thing and a question mark follow. */
  readonly ask: string;
  readonly button: string;
  readonly text: string;
  /** What the next page says. */
  readonly done: string;
  /** What ends by it is shown. */
  readonly ends?: ImpactType;
  readonly needsReason?: boolean;
}

/** By the place of the thing and the act: the ends of the paths of their pages. */
const STOPS = {
  stores: {
    suspend: {
      ask: 'Suspend',
      button: 'Suspend it',
      text: 'Nothing is read from it until it is resumed.',
      done: 'The store is suspended',
      ends: 'store',
      needsReason: true,
    },
    resume: {
      ask: 'Resume',
      button: 'Resume it',
      text: 'It is checked first. What was granted and has not ended may be read again.',
      done: 'The store is resumed',
      needsReason: true,
    },
    retire: {
      ask: 'Retire',
      button: 'Retire it',
      text: 'Its keys are destroyed, and it cannot be used again. Its datasets have no store then.',
      done: 'The store is retired',
      ends: 'store',
    },
  },
  datasets: {
    publish: {
      ask: 'Publish',
      button: 'Publish it',
      text: 'It is in the catalogue then, for whoever may know of it. Files are sealed in a first version.',
      done: 'It is published',
    },
    seal: {
      ask: 'Seal a new version of',
      button: 'Seal it',
      text: 'What lies in the store now becomes the version that new grants are for.',
      done: 'A new version is being sealed',
    },
    freeze: {
      ask: 'Freeze',
      button: 'Freeze it',
      text: 'Nobody is given it until it is unfrozen, and what is being read is cut.',
      done: 'It is frozen',
      ends: 'dataset',
      needsReason: true,
    },
    unfreeze: {
      ask: 'Unfreeze',
      button: 'Unfreeze it',
      text: 'It may be granted and read again.',
      done: 'It is unfrozen',
      needsReason: true,
    },
    withdraw: {
      ask: 'Withdraw',
      button: 'Withdraw it',
      text: 'It leaves the catalogue for good, and every grant on it ends. Say below where its data is now, or why there is none: whoever looks for it reads that.',
      done: 'It is withdrawn',
      ends: 'dataset',
      needsReason: true,
    },
  },
  people: {
    suspend: {
      ask: 'Suspend',
      button: 'Suspend them',
      text: 'They cannot sign in, and every grant of theirs ends.',
      done: 'The person is suspended',
      ends: 'person',
      needsReason: true,
    },
    resume: {
      ask: 'Resume',
      button: 'Resume them',
      text: 'They may sign in again. Grants that ended stay so.',
      done: 'The person is resumed',
      needsReason: true,
    },
  },
  organisations: {
    suspend: {
      ask: 'Suspend',
      button: 'Suspend it',
      text: 'Its members can do nothing in its name, and what it was granted ends.',
      done: 'The organisation is suspended',
      ends: 'organisation',
      needsReason: true,
    },
    resume: {
      ask: 'Resume',
      button: 'Resume it',
      text: 'Its members may act in its name again. Grants that ended stay so.',
      done: 'The organisation is resumed',
      needsReason: true,
    },
    close: {
      ask: 'Close',
      button: 'Close it',
      text: 'It cannot be opened again.',
      done: 'The organisation is closed',
      ends: 'organisation',
      needsReason: true,
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Stop>>>>;

export type Place = keyof typeof STOPS;

/** @returns undefined for an act that things of the place do not have. */
export function stopOf(place: Place, act: string): Stop | undefined {
  const stops: Readonly<Record<string, Stop>> = STOPS[place];
  return Object.hasOwn(stops, act) ? stops[act] : undefined;
}
