import { readFileSync } from 'node:fs';
import type { BoundingBox } from '../dataset.types.js';

/** A place by its public code, and the box around it. */
export interface Place {
  readonly code: string;
  readonly name: string;
  readonly bbox: BoundingBox;
}

/** The London boroughs and all of London, by code. */
export const PLACES: ReadonlyMap<string, Place> = readPlaces();

/** The box around all of these places; undefined for none. Codes of no place are left out. */
export function boxAround(codes: readonly string[]): BoundingBox | undefined {
  return codes
    .flatMap((code) => PLACES.get(code) ?? [])
    .map(({ bbox }) => bbox)
    .reduce<BoundingBox | undefined>((all, box) => (all ? around(all, box) : box), undefined);
}

function around(one: BoundingBox, other: BoundingBox): BoundingBox {
  const [west, south, east, north] = other;
  return [
    Math.min(one[0], west),
    Math.min(one[1], south),
    Math.max(one[2], east),
    Math.max(one[3], north),
  ];
}

function readPlaces(): ReadonlyMap<string, Place> {
  const file = new URL('./london.json', import.meta.url);
  const { places } = JSON.parse(readFileSync(file, 'utf8')) as { places: readonly Place[] };
  return new Map(places.map((place) => [place.code, Object.freeze(place)]));
}
