import fc from 'fast-check';
import nunjucks from 'nunjucks';
import { TEMPLATE_FOLDERS } from '../views.js';
import { barsOf } from './bars.js';
import { clip } from './chart.js';
import { columnsOf } from './columns.js';
import { flowOf, type FlowPath } from './flow.js';
import { spansOf } from './spans.js';

const plain = String;
const plainOne = (): number => 1;
const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader([...TEMPLATE_FOLDERS]), {
  autoescape: true,
});
const FIGURE =
  '{% from "platform/web/views/charts.njk" import figure %}{{ figure(chart, "Nothing yet") }}';

describe('a picture', () => {
  const days = (values: readonly number[]) =>
    values.map((value, at) => ({
      day: new Date(Date.UTC(2026, 2, 1 + at)).toISOString().slice(0, 10),
      value,
    }));
  const columns = (values: readonly number[]) =>
    columnsOf({ id: 'a', title: 'A', unit: 'Events', days: days(values), format: plain });
  const bars = (values: readonly number[]) =>
    barsOf({
      id: 'b',
      title: 'B',
      nameColumn: 'Recipient',
      unit: 'Files',
      shares: values.map((value, at) => ({ name: `R${String(at)}`, value })),
      format: plain,
    });

  it('of days has a column for each as high as its value, and says what was most', () => {
    const chart = columns([2, 0, 8]);
    const heights = chart.columns.map(({ height }) => height);
    expect(heights[1]).toBe(0);
    expect(heights[2]).toBeCloseTo((heights[0] ?? 0) * 4, 1);
    expect(chart.summary).toBe(
      'Events from 1 March 2026 to 3 March 2026: 10 in all, most on 3 March 2026, 8.',
    );
  });

  it('of shares begins with the largest, and its table has those that the picture has no room for', () => {
    const chart = bars(Array.from({ length: 40 }, (_, at) => at));
    expect(chart.bars).toHaveLength(15);
    expect(chart.bars[0]).toMatchObject({ label: 'R39', value: '39' });
    expect(chart.table.rows).toHaveLength(40);
  });

  it('of a calendar places a day by itself, and today', () => {
    const chart = spansOf({
      id: 'c',
      title: 'C',
      today: '2026-06-01',
      spans: [
        { name: 'Agreement', what: 'In force', from: '2026-01-01', to: '2026-12-31' },
        { name: 'First', what: 'Review', from: '2026-06-01' },
      ],
    });
    const [whole, review] = chart.rows;
    expect(whole?.width).toBeGreaterThan(600);
    expect(review).toMatchObject({ width: 0, x: chart.today });
  });

  it('of nothing says so, and is drawn without a number that is none', () => {
    const flow = flowOf({
      id: 'd',
      title: 'D',
      headings: ['Owner', 'Dataset', 'Recipient'],
      unit: 'Files',
      paths: [],
      format: plain,
    });
    const empty = [
      columns([]),
      bars([]),
      flow,
      spansOf({ id: 'e', title: 'E', today: '2026-06-01', spans: [] }),
    ];
    expect(JSON.stringify(empty)).not.toMatch(/null|NaN/);
  });

  it('of any days or shares stays in its frame', () => {
    const values = fc.array(fc.nat(), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(values, (some) => {
        const chart = columns(some);
        for (const { x, y, width, height } of chart.columns) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(chart.width);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y + height).toBeLessThanOrEqual(chart.height + 0.02);
        }
        expect(chart.labels.length).toBeLessThanOrEqual(8);
        for (const { width } of bars(some).bars) {
          expect(width).toBeGreaterThanOrEqual(0);
          expect(width).toBeLessThanOrEqual(chart.width);
        }
      }),
      { numRuns: 50 },
    );
  });

  const path = fc
    .tuple(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(1_000))
    .map(([owner, dataset, recipient, value]): FlowPath => ({
      ends: [
        { id: `o${String(owner)}`, name: `Owner ${String(owner)}` },
        { id: `d${String(dataset)}`, name: `Dataset ${String(dataset)}` },
        { id: `r${String(recipient)}`, name: `Recipient ${String(recipient)}` },
      ],
      value,
    }));

  it('of a flow loses nothing between its columns, stays in its frame, and tells of every path', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 60 }), (paths) => {
        const chart = flowOf({
          id: 'f',
          title: 'F',
          headings: ['Owner', 'Dataset', 'Recipient'],
          unit: 'Files',
          paths,
          format: plain,
        });
        expect(chart.table.rows).toHaveLength(paths.length);
        expect(JSON.stringify(chart)).not.toMatch(/null|NaN/);
        const total = paths.reduce((sum, { value }) => sum + value, 0);
        const ends = chart.nodes.filter(({ isLast }) => isLast);
        const arrived = ends.reduce(
          (sum, { title }) => sum + Number(title.slice(title.lastIndexOf(':') + 1)),
          0,
        );
        expect(arrived).toBe(total);
        expect(ends.length).toBeLessThanOrEqual(10);
        for (const { y, height } of chart.nodes) {
          expect(y).toBeGreaterThanOrEqual(-0.01);
          expect(y + height).toBeLessThanOrEqual(chart.height + 1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('cuts a name between characters as people see them', () => {
    expect(clip('Camden', 6)).toBe('Camden');
    expect(clip('Westminster', 6)).toBe('Westm…');
    expect(clip('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 2)).toBe('👩‍👩‍👧‍👦…');
  });

  it('is drawn with its table beneath it, without style or script, whatever its names are', () => {
    const hostile = '"><script>alert(1)</script>';
    const chart = barsOf({
      id: 'volume',
      title: hostile,
      nameColumn: 'Recipient',
      unit: 'Files',
      shares: [{ name: hostile, href: '/organisations/1', value: 3 }],
      format: plain,
    });
    const html = environment.renderString(FIGURE, { chart });
    expect(html).toContain('<svg');
    expect(html).toContain('<table');
    expect(html).not.toContain('<script');
    expect(html).not.toContain('style=');
  });

  it('has a long table where whoever wants it opens it', () => {
    const html = environment.renderString(FIGURE, {
      chart: bars(Array.from({ length: 13 }, plainOne)),
    });
    expect(html).toMatch(/<details[\s\S]*<table[\s\S]*R12[\s\S]*<\/details>/);
    expect(environment.renderString(FIGURE, { chart: bars([1]) })).not.toContain('<details');
  });
});
