import { sankey, sankeyLinkHorizontal, type SankeyLink, type SankeyNode } from 'd3-sankey';
import { CHART_WIDTH, clip, rounded, type Chart } from './chart.js';

const NODE_WIDTH = 14;
const ROW = 56;
const LEAST_HEIGHT = 220;
const GAP = 18;
const LABEL_CHARACTERS = 34;
/** A picture is for the largest; the others stand together, and its table has them all. */
const MAX_NODES = 10;

interface FlowEnd {
  readonly id: string;
  readonly name: string;
  readonly href?: string;
}

/** So much goes from an owner, in a dataset, to a recipient. */
export interface FlowPath {
  readonly ends: readonly [FlowEnd, FlowEnd, FlowEnd];
  readonly value: number;
}

export interface FlowQuestion {
  readonly id: string;
  readonly title: string;
  /** What stands in the three columns: `Owner`, `Dataset`, `Recipient`. */
  readonly headings: readonly [string, string, string];
  /** What is measured: `Files`. */
  readonly unit: string;
  readonly paths: readonly FlowPath[];
  readonly format: (value: number) => string;
}

export interface Flow extends Chart {
  readonly kind: 'flow';
  readonly nodes: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly label: string;
    readonly title: string;
    readonly labelX: number;
    readonly labelY: number;
    readonly isLast: boolean;
  }[];
  readonly links: readonly {
    readonly path: string;
    readonly width: number;
    readonly title: string;
  }[];
}

interface Node {
  readonly key: string;
  readonly name: string;
}
type Link = Record<string, unknown>;
type PlacedNode = SankeyNode<Node, Link>;
type PlacedLink = SankeyLink<Node, Link>;

/** Who shares what with whom: owners at the left, datasets between, recipients at the right; as wide as it is much. */
export function flowOf(question: FlowQuestion): Flow {
  const { id, title, headings, unit, format } = question;
  // What is nothing has no width; its row in the table says so.
  const paths = question.paths.filter(({ value }) => value > 0);
  const graph = graphOf(paths);
  const tallest = Math.max(0, ...[0, 1, 2].map((layer) => countIn(graph.nodes, layer)));
  const height = Math.max(LEAST_HEIGHT, tallest * ROW);
  const placed = paths.length === 0 ? { nodes: [], links: [] } : place(graph, height);
  return {
    kind: 'flow',
    id,
    title,
    summary: summaryOf(question, paths),
    width: CHART_WIDTH,
    height,
    nodes: placed.nodes.map((node) => nodeBox(node, format)),
    links: placed.links.map((link) => linkPath(link, format)),
    table: {
      columns: [...headings.map((text) => ({ text })), { text: unit, numeric: true }],
      rows: question.paths.map(({ ends, value }) => [
        ...ends.map(({ name, href }) => ({ text: name, ...(href !== undefined && { href }) })),
        { text: format(value) },
      ]),
    },
  };
}

interface Graph {
  readonly nodes: readonly Node[];
  readonly links: readonly { source: string; target: string; value: number }[];
}

function graphOf(paths: readonly FlowPath[]): Graph {
  const shown = [0, 1, 2].map((layer) => largestOf(paths, layer));
  const nodes = new Map<string, Node>();
  const links = new Map<string, { source: string; target: string; value: number }>();
  for (const { ends, value } of paths) {
    const keys = ends.map((end, layer) => {
      const node = nodeFor(end, layer, shown[layer]);
      nodes.set(node.key, node);
      return node.key;
    });
    for (const [source, target] of [keys.slice(0, 2), keys.slice(1, 3)]) {
      const key = `${source ?? ''} ${target ?? ''}`;
      const link = links.get(key) ?? { source: source ?? '', target: target ?? '', value: 0 };
      links.set(key, { ...link, value: link.value + value });
    }
  }
  return { nodes: [...nodes.values()], links: [...links.values()] };
}

function nodeFor(end: FlowEnd, layer: number, shown: ReadonlySet<string> | undefined): Node {
  return shown?.has(end.id) === false
    ? { key: `${String(layer)}:`, name: 'All others' }
    : { key: `${String(layer)}:${end.id}`, name: end.name };
}

/** The largest of a column; all of them when there is room. */
function largestOf(paths: readonly FlowPath[], layer: number): ReadonlySet<string> {
  const sums = new Map<string, number>();
  for (const { ends, value } of paths) {
    const id = ends[layer]?.id ?? '';
    sums.set(id, (sums.get(id) ?? 0) + value);
  }
  const sorted = [...sums].sort(([, a], [, b]) => b - a);
  const room = sorted.length <= MAX_NODES ? MAX_NODES : MAX_NODES - 1;
  return new Set(sorted.slice(0, room).map(([id]) => id));
}

function countIn(nodes: readonly Node[], layer: number): number {
  return nodes.filter(({ key }) => key.startsWith(`${String(layer)}:`)).length;
}

function place(graph: Graph, height: number) {
  return sankey<Node, Link>()
    .nodeId(({ key }) => key)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(GAP)
    .extent([
      [0, GAP / 2],
      [CHART_WIDTH, height - GAP / 2],
    ])({
    nodes: graph.nodes.map((node) => ({ ...node })),
    links: graph.links.map((link) => ({ ...link })),
  });
}

function nodeBox(node: PlacedNode, format: (value: number) => string): Flow['nodes'][number] {
  const { x0 = 0, x1 = 0, y0 = 0, y1 = 0, name, value = 0 } = node;
  const isLast = x1 > CHART_WIDTH - NODE_WIDTH;
  return {
    x: rounded(x0),
    y: rounded(y0),
    width: rounded(x1 - x0),
    height: rounded(Math.max(1, y1 - y0)),
    label: clip(name, LABEL_CHARACTERS),
    title: `${name}: ${format(value)}`,
    labelX: rounded(isLast ? x0 - 6 : x1 + 6),
    labelY: rounded((y0 + y1) / 2),
    isLast,
  };
}

const pathOf = sankeyLinkHorizontal<Node, Link>();

function linkPath(link: PlacedLink, format: (value: number) => string): Flow['links'][number] {
  const [from, to] = [link.source, link.target].map((end) =>
    typeof end === 'object' ? end.name : String(end),
  );
  return {
    path: (pathOf(link) ?? '').replaceAll(/\d+\.\d+/g, (number) => String(rounded(Number(number)))),
    width: rounded(Math.max(1, link.width ?? 0)),
    title: `${from ?? ''} to ${to ?? ''}: ${format(link.value)}`,
  };
}

function summaryOf(
  { unit, format }: Pick<FlowQuestion, 'unit' | 'format'>,
  paths: readonly FlowPath[],
): string {
  const [first] = paths.toSorted((a, b) => b.value - a.value);
  if (!first) {
    return `${unit}: nothing was shared.`;
  }
  const total = paths.reduce((sum, { value }) => sum + value, 0);
  const [owner, dataset, recipient] = first.ends.map(({ name }) => name);
  return (
    `${unit}: ${format(total)} in all; most from ${owner ?? ''} to ${recipient ?? ''}, in ${dataset ?? ''}, ` +
    `${format(first.value)}.`
  );
}
