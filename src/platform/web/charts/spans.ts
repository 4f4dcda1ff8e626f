import { scaleUtc } from 'd3-scale';
import { formatDay } from '../date-filters.js';
import { CHART_WIDTH, clip, rounded, type Chart } from './chart.js';

const ROW = 40;
const BAR = 20;
const LABELS = 260;
const RIGHT = 24;
const AXIS = 36;
const TICKS = 6;
const MAX_ROWS = 30;
const LABEL_CHARACTERS = 28;
const MONTH = new Intl.DateTimeFormat('en-GB', {
  month: 'short',
  year: 'numeric',
  timeZone: 'Europe/London',
});

/** Something that lasts from a day to a day, or happens on one. Days are London days, the last one included. */
interface Span {
  readonly name: string;
  readonly href?: string;
  /** What it is, in a word or two: `Grant`, `Review due`. */
  readonly what: string;
  readonly from: string;
  /** Absent: it happens on one day. */
  readonly to?: string;
  /** It is over, or does not count any more. */
  readonly isPast?: boolean;
}

export interface SpansQuestion {
  readonly id: string;
  readonly title: string;
  readonly today: string;
  readonly spans: readonly Span[];
}

export interface Spans extends Chart {
  readonly kind: 'spans';
  readonly rows: readonly {
    readonly label: string;
    readonly title: string;
    readonly middle: number;
    readonly y: number;
    readonly x: number;
    /** Nought: a mark on one day. */
    readonly width: number;
    readonly height: number;
    readonly isPast: boolean;
  }[];
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  /** Where today is; absent when the picture does not reach it. */
  readonly today?: number;
  readonly bottom: number;
}

/** A calendar: one row for each, in the order given. */
export function spansOf({ id, title, today, spans }: SpansQuestion): Spans {
  const shown = spans.slice(0, MAX_ROWS);
  const days = [...shown.flatMap(({ from, to = from }) => [from, to]), today].sort();
  const [first = today, last = today] = [days[0], days.at(-1)];
  const x = scaleUtc()
    .domain([noonOf(first), noonOf(last)])
    .range([LABELS, CHART_WIDTH - RIGHT]);
  const at = (day: string): number => rounded(x(noonOf(day)));
  const bottom = shown.length * ROW + 4;
  return {
    kind: 'spans',
    id,
    title,
    summary:
      spans.length === 0
        ? 'Nothing is dated.'
        : `${String(spans.length)} dates and times from ${formatDay(first)} to ${formatDay(last)}; today is ${formatDay(today)}.`,
    width: CHART_WIDTH,
    height: bottom + AXIS,
    bottom,
    rows: shown.map(({ name, what, from, to, isPast = false }, index) => ({
      label: clip(name, LABEL_CHARACTERS),
      title: `${what}: ${name}, ${spanInWords(from, to)}`,
      middle: index * ROW + ROW / 2,
      y: index * ROW + (ROW - BAR) / 2,
      x: at(from),
      width: to === undefined ? 0 : Math.max(2, rounded(at(to) - at(from))),
      height: BAR,
      isPast,
    })),
    ticks: x
      .ticks(TICKS)
      .slice(0, 2 * TICKS)
      .map((tick) => ({ x: rounded(x(tick)), text: MONTH.format(tick) })),
    today: at(today),
    table: {
      columns: [{ text: 'Name' }, { text: 'What it is' }, { text: 'From' }, { text: 'Last day' }],
      rows: spans.map(({ name, href, what, from, to }) => [
        { text: name, ...(href !== undefined && { href }) },
        { text: what },
        { day: from },
        { day: to ?? from },
      ]),
    },
  };
}

function spanInWords(from: string, to: string | undefined): string {
  return to === undefined ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;
}

/** A day is placed by its noon, so that no time zone moves it to another. */
function noonOf(day: string): Date {
  return new Date(`${day}T12:00:00Z`);
}
