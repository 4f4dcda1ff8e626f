import { isDay } from '../../../kernel/london-day.js';
import { boxFaults } from '../../coverage.rules.js';
import type { BoundingBox, Temporal } from '../../dataset.types.js';
import { listOf, membersOf, plainText } from './plain-text.rules.js';

const NUMBER = String.raw`-?\d{1,3}(?:\.\d{1,20})?`;
const FOUR = new RegExp(`^${[NUMBER, NUMBER, NUMBER, NUMBER].join(String.raw`[\s,]+`)}$`);
const WKT = /^(?:<[^>]{1,200}>\s*)?(POLYGON|MULTIPOLYGON|POINT|ENVELOPE)\s*(\([\d\s.,()eE+-]*\))$/i;
const MAX_TEXT = 200_000;
const MAX_POSITIONS = 20_000;

type Position = readonly [number, number];

/** The box around what a source says of an area: GeoJSON, WKT, or four numbers. Undefined for what is none of them. */
export function boxOf(value: unknown): BoundingBox | undefined {
  const text = plainText(value);
  const positions = text === undefined ? geoJson(value) : positionsIn(text);
  return positions === undefined ? undefined : around(positions);
}

function positionsIn(text: string): readonly Position[] | undefined {
  if (text.length > MAX_TEXT) {
    return undefined;
  }
  if (FOUR.test(text)) {
    const [west = 0, south = 0, east = 0, north = 0] = text.split(/[\s,]+/).map(Number);
    return [
      [west, south],
      [east, north],
    ];
  }
  const wkt = WKT.exec(text);
  return wkt === null ? geoJson(parsed(text)) : wktPositions(wkt[1] ?? '', wkt[2] ?? '');
}

// ENVELOPE, of OGC's CQL and DCAT-AP's older examples, is west, east, north, south.
function wktPositions(kind: string, body: string): readonly Position[] | undefined {
  const numbers = body.split(/[\s,()]+/).flatMap((part) => (part === '' ? [] : [Number(part)]));
  if (kind.toUpperCase() === 'ENVELOPE') {
    const [west, east, north, south] = numbers;
    return west === undefined || east === undefined || north === undefined || south === undefined
      ? undefined
      : [
          [west, south],
          [east, north],
        ];
  }
  return pairs(numbers);
}

function pairs(numbers: readonly number[]): readonly Position[] {
  return numbers.flatMap((first, at) => (at % 2 === 0 ? [[first, numbers[at + 1] ?? NaN]] : []));
}

/** The positions of a geometry, at whatever depth its kind keeps them. */
function geoJson(value: unknown): readonly Position[] | undefined {
  const { coordinates, bbox } = membersOf(value);
  if (Array.isArray(bbox) && bbox.length === 4) {
    return pairs(bbox.map(Number));
  }
  const found: Position[] = [];
  let waiting = [coordinates];
  // Coordinates of a multipolygon lie four lists deep.
  for (let depth = 0; depth < 5 && waiting.length <= MAX_POSITIONS; depth += 1) {
    const [positions, lists] = parted(waiting.filter((one) => Array.isArray(one)));
    found.push(...positions);
    waiting = lists.flat();
  }
  return found.length === 0 || found.length > MAX_POSITIONS ? undefined : found;
}

function parted(lists: readonly (readonly unknown[])[]): [Position[], (readonly unknown[])[]] {
  const isPosition = (list: readonly unknown[]): boolean => typeof list[0] === 'number';
  return [
    lists.filter(isPosition).map(([x, y]) => [Number(x), Number(y)]),
    lists.filter((list) => !isPosition(list)),
  ];
}

function around(positions: readonly Position[]): BoundingBox | undefined {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of positions) {
    [west, south, east, north] = [
      Math.min(west, x),
      Math.min(south, y),
      Math.max(east, x),
      Math.max(north, y),
    ];
  }
  const box = [west, south, east, north] as const;
  const isWhole = box.every(Number.isFinite) && boxFaults(box, '').length === 0;
  return isWhole ? box : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The days that a source says its data is about. A year alone is all of it. Undefined for what is no pair of days. */
export function temporalOf(start: unknown, end: unknown): Temporal | undefined {
  const startsOn = dayIn(start, '-01-01');
  const endsOn = dayIn(end, '-12-31');
  if ((startsOn ?? endsOn) === undefined || (startsOn && endsOn && endsOn < startsOn)) {
    return undefined;
  }
  return { ...(startsOn && { startsOn }), ...(endsOn && { endsOn }) };
}

function dayIn(value: unknown, ofYear: string): string | undefined {
  const text = plainText(listOf(value)[0]) ?? '';
  const day = /^\d{4}$/.test(text) ? text + ofYear : text.slice(0, 10);
  return isDay(day) ? day : undefined;
}

/** An instant of a source, as RFC 3339. Without a zone it is UTC, as CKAN's are. */
export function instantOf(value: unknown): string | undefined {
  const text = plainText(value) ?? '';
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  const [, day = '', time = '00:00:00', zone = 'Z'] = match ?? [];
  const at = new Date(`${day}T${time}${zone}`);
  return isDay(day) && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
}
