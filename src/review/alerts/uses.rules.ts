import { londonDay } from '../../kernel/london-day.js';
import { isWithin, type WorkingHours } from '../../kernel/working-hours.js';

/** The events that tell of reading under a grant. */
export const USE_TYPES = [
  'object.opened',
  'object.delivered',
  'object.cut',
  'feed.delivered',
  'object.url-issued',
  'object.credential-issued',
  'object.read-observed',
] as const;
type UseType = (typeof USE_TYPES)[number];

const HOUR = /^hour:(\d{4}-\d{2}-\d{2}T\d{2})Z$/;

/** What an event of each type adds. */
interface Weight {
  readonly bytes: boolean;
  readonly isRead: boolean;
  /** Somebody did it at that moment. */
  readonly hasHour: boolean;
}

/**
 * A delivery is by somebody when it begins, and of so many bytes when it ends. A follower of a feed is a program, which asks at any
 * hour. What a store says was read, was read with URLs and credentials that were counted when they were given out, minutes before.
 */
const WEIGHTS: Readonly<Record<UseType, Weight>> = {
  'object.opened': { bytes: false, isRead: false, hasHour: true },
  'object.delivered': { bytes: true, isRead: true, hasHour: false },
  'object.cut': { bytes: true, isRead: true, hasHour: false },
  'feed.delivered': { bytes: true, isRead: true, hasHour: false },
  'object.url-issued': { bytes: false, isRead: true, hasHour: true },
  'object.credential-issued': { bytes: false, isRead: true, hasHour: true },
  'object.read-observed': { bytes: true, isRead: false, hasHour: false },
};

/** An event of reading under a grant. */
export interface Use {
  readonly type: UseType;
  readonly occurredAt: Date;
  readonly bytes: number | null;
  readonly reasonCodes: readonly string[];
  readonly grantId: string;
  /** By a program for the holder, who answers for it: it works at any hour. */
  readonly isByProgram: boolean;
}

/** What is added to a grant's day. */
export interface UseOfDay {
  readonly grantId: string;
  readonly day: string;
  readonly bytes: number;
  readonly reads: number;
  readonly outOfHours: number;
}

/** Adds uses up by grant and London day. @param hours null: no hour is out of hours. */
export function addUp(uses: readonly Use[], hours: WorkingHours | null): readonly UseOfDay[] {
  const days = new Map<string, UseOfDay>();
  for (const use of uses) {
    const at = instantOf(use);
    const day = londonDay(at);
    const key = `${use.grantId} ${day}`;
    const before = days.get(key);
    const { bytes, isRead, hasHour } = WEIGHTS[use.type];
    const isLate = hasHour && !use.isByProgram && hours !== null && !isWithin(hours, at);
    days.set(key, {
      grantId: use.grantId,
      day,
      bytes: (before?.bytes ?? 0) + (bytes ? (use.bytes ?? 0) : 0),
      reads: (before?.reads ?? 0) + Number(isRead),
      outOfHours: (before?.outOfHours ?? 0) + Number(isLate),
    });
  }
  return [...days.values()];
}

// A store's log tells hours later: the event names the hour in which it happened.
function instantOf({ occurredAt, reasonCodes }: Use): Date {
  const hour = reasonCodes.map((code) => HOUR.exec(code)?.[1]).find((one) => one !== undefined);
  return hour === undefined ? occurredAt : new Date(`${hour}:00:00Z`);
}
