import { scaleLinear } from 'd3-scale';
import { CHART_WIDTH, clip, rounded, type Chart } from './chart.js';

const ROW = 36;
const BAR = 22;
const LABELS = 320;
const VALUES = 120;
/** A picture is for the largest; its table has them all. */
const MAX_BARS = 15;
const LABEL_CHARACTERS = 36;

interface Share {
  readonly name: string;
  readonly href?: string;
  readonly value: number;
}

/** How much each has. */
export interface BarsQuestion {
  readonly id: string;
  readonly title: string;
  /** What the names are: `Recipient`. */
  readonly nameColumn: string;
  /** What is measured: `Volume`. */
  readonly unit: string;
  readonly shares: readonly Share[];
  readonly format: (value: number) => string;
}

export interface Bars extends Chart {
  readonly kind: 'bars';
  readonly bars: readonly {
    readonly label: string;
    readonly value: string;
    readonly title: string;
    readonly y: number;
    readonly height: number;
    readonly width: number;
    /** Where the words beside the bar stand. */
    readonly middle: number;
  }[];
  readonly left: number;
}

/** One bar for each, the largest first. */
export function barsOf(question: BarsQuestion): Bars {
  const { id, title, nameColumn, unit, format } = question;
  const shares = question.shares.toSorted(
    (a, b) => b.value - a.value || a.name.localeCompare(b.name, 'en-GB'),
  );
  const shown = shares.slice(0, MAX_BARS);
  const width = scaleLinear()
    .domain([0, Math.max(1, shown[0]?.value ?? 0)])
    .range([0, CHART_WIDTH - LABELS - VALUES]);
  const total = shares.reduce((sum, { value }) => sum + value, 0);
  const [largest] = shares;
  return {
    kind: 'bars',
    id,
    title,
    summary: largest
      ? `${unit}: ${format(total)} in all, most for ${largest.name}, ${format(largest.value)}.`
      : `${unit}: nothing.`,
    width: CHART_WIDTH,
    height: Math.max(1, shown.length) * ROW,
    left: LABELS,
    bars: shown.map(({ name, value }, at) => ({
      label: clip(name, LABEL_CHARACTERS),
      value: format(value),
      title: `${name}: ${format(value)}`,
      y: at * ROW + (ROW - BAR) / 2,
      height: BAR,
      width: rounded(width(value)),
      middle: at * ROW + ROW / 2,
    })),
    table: {
      columns: [{ text: nameColumn }, { text: unit, numeric: true }],
      rows: shares.map(({ name, href, value }) => [
        { text: name, ...(href !== undefined && { href }) },
        { text: format(value) },
      ]),
    },
  };
}
