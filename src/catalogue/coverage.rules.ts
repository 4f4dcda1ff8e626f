import type { FieldError } from '../kernel/errors.js';
import { isDay } from '../kernel/london-day.js';
import type { BoundingBox, Temporal } from './dataset.types.js';
import { PLACES } from './places/gazetteer.js';

/** Which area and which days a dataset is about. */
export interface CoverageFacts {
  readonly places: readonly string[];
  readonly bbox?: BoundingBox;
  readonly temporal?: Temporal;
}

export function coverageFaults({ places, bbox, temporal }: CoverageFacts): FieldError[] {
  return [...placesFaults(places), ...boxFaults(bbox, '/bbox'), ...temporalFaults(temporal)];
}

/** West and east, south and north, in their order and on the globe. */
export function boxFaults(box: BoundingBox | undefined, pointer: string): FieldError[] {
  if (box === undefined) {
    return [];
  }
  const [west, south, east, north] = box;
  if (
    Math.abs(west) > 180 ||
    Math.abs(east) > 180 ||
    Math.abs(south) > 90 ||
    Math.abs(north) > 90
  ) {
    return [{ pointer, reason: 'must be degrees: west, south, east, north' }];
  }
  return west > east || south > north
    ? [{ pointer, reason: 'must have west before east and south before north' }]
    : [];
}

/** The ring around a box, longitude first, counter-clockwise and closed. */
export function cornersOf([west, south, east, north]: BoundingBox): readonly [number, number][] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

/** Days that exist, the first not after the last. */
function temporalFaults({ startsOn, endsOn }: Temporal = {}): FieldError[] {
  const days = [
    ['/temporal/startsOn', startsOn],
    ['/temporal/endsOn', endsOn],
  ] as const;
  const faults = days
    .filter(([, day]) => day !== undefined && !isDay(day))
    .map(([pointer]) => ({ pointer, reason: 'must be a day, YYYY-MM-DD' }));
  const isBackwards = startsOn !== undefined && endsOn !== undefined && endsOn < startsOn;
  return faults.length === 0 && isBackwards
    ? [{ pointer: '/temporal/endsOn', reason: 'must not be before startsOn' }]
    : faults;
}

function placesFaults(places: readonly string[]): FieldError[] {
  return places.flatMap((code, at) =>
    PLACES.has(code) ? [] : [{ pointer: `/places/${String(at)}`, reason: 'is no known place' }],
  );
}
