import { scaleBand, scaleLinear } from 'd3-scale';
import { formatDay } from '../date-filters.js';
import { CHART_WIDTH, rounded, type Chart } from './chart.js';

const HEIGHT = 300;
const MARGIN = { top: 16, right: 8, bottom: 36, left: 72 };
const TICKS = 4;
/** As many days as can stand beneath the axis without touching. */
const MAX_LABELS = 8;

interface DayCount {
  /** A London day. */
  readonly day: string;
  readonly value: number;
}

/** How much there was on each day. */
export interface ColumnsQuestion {
  readonly id: string;
  readonly title: string;
  /** What is counted: `Events`. */
  readonly unit: string;
  /** Oldest first, every day of the time once: one without anything is 0. */
  readonly days: readonly DayCount[];
  readonly format: (value: number) => string;
}

export interface Columns extends Chart {
  readonly kind: 'columns';
  readonly columns: readonly Box[];
  readonly baseline: number;
  readonly lines: readonly { readonly y: number; readonly text: string }[];
  readonly labels: readonly { readonly x: number; readonly text: string }[];
  readonly left: number;
  readonly right: number;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
}

/** One column for each day, from nought up. */
export function columnsOf({ id, title, unit, days, format }: ColumnsQuestion): Columns {
  const baseline = HEIGHT - MARGIN.bottom;
  const most = Math.max(0, ...days.map(({ value }) => value));
  const x = scaleBand()
    .domain(days.map(({ day }) => day))
    .range([MARGIN.left, CHART_WIDTH - MARGIN.right])
    .padding(0.2);
  // An axis without height has no place for a value; whole things have no halves.
  const y = scaleLinear()
    .domain([0, Math.max(most, 1)])
    .nice(TICKS)
    .range([baseline, MARGIN.top]);
  const every = Math.max(1, Math.ceil(days.length / MAX_LABELS));
  return {
    kind: 'columns',
    id,
    title,
    summary: summaryOf(unit, days, format),
    width: CHART_WIDTH,
    height: HEIGHT,
    left: MARGIN.left,
    right: CHART_WIDTH - MARGIN.right,
    baseline,
    columns: days.map(({ day, value }) => ({
      x: rounded(x(day) ?? 0),
      y: rounded(y(value)),
      width: rounded(x.bandwidth()),
      height: rounded(baseline - y(value)),
      title: `${formatDay(day)}: ${format(value)}`,
    })),
    lines: y
      .ticks(TICKS)
      .filter(Number.isInteger)
      .map((tick) => ({ y: rounded(y(tick)), text: format(tick) })),
    labels: days
      .filter((_, at) => at % every === 0)
      .map(({ day }) => ({
        x: rounded((x(day) ?? 0) + x.bandwidth() / 2),
        text: shortDay(day),
      })),
    table: {
      columns: [{ text: 'Day' }, { text: unit, numeric: true }],
      rows: days.map(({ day, value }) => [{ day }, { text: format(value) }]),
    },
  };
}

function summaryOf(unit: string, days: readonly DayCount[], format: (value: number) => string) {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) {
    return `${unit}: nothing.`;
  }
  const top = days.reduce((most, one) => (one.value > most.value ? one : most), first);
  const total = days.reduce((sum, { value }) => sum + value, 0);
  const when = `from ${formatDay(first.day)} to ${formatDay(last.day)}`;
  return total === 0
    ? `${unit} ${when}: nothing.`
    : `${unit} ${when}: ${format(total)} in all, most on ${formatDay(top.day)}, ${format(top.value)}.`;
}

/** `5 Apr`. */
function shortDay(day: string): string {
  const [date = '', month = ''] = formatDay(day).split(' ');
  return `${date} ${month.slice(0, 3)}`;
}
