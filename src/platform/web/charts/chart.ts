import type { StatusTag } from '../pages/status-tag.js';

/** A cell of the table beneath a picture, as `value` of components.njk shows it. */
interface ChartCell {
  readonly text?: string;
  readonly href?: string;
  readonly day?: string;
  readonly tag?: StatusTag;
}

/** What a picture shows, for whoever would rather read (WCAG 1.1.1): every picture has one beneath it. */
interface ChartTable {
  readonly columns: readonly { readonly text: string; readonly numeric?: boolean }[];
  readonly rows: readonly (readonly ChartCell[])[];
}

/** A picture: its name, what it says in one sentence, its size in the units of its own view box, and its table. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly width: number;
  readonly height: number;
  readonly table: ChartTable;
}

/** The width of every picture: it is scaled to the page's. */
export const CHART_WIDTH = 960;

const letters = new Intl.Segmenter('en-GB', { granularity: 'grapheme' });

/** At most so many characters as people see them; a picture has no room for more, and its table has all of them. */
export function clip(text: string, characters: number): string {
  const all = Array.from(letters.segment(text), ({ segment }) => segment);
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join('')}…`;
}

/** Two decimals of a unit are a hundredth of a pixel; more only make a page heavier. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
