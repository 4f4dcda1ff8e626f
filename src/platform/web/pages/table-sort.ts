import type { Request, RequestHandler } from 'express';
import type { Block } from './blocks.js';
import { readSort, sortedTable, type Sort } from './table-sort.rules.js';

const wishes = new WeakMap<Request, Sort>();

/** Takes the order of a table out of the query: it is the same for every page, and none of them has to know of it. */
export const takeSort: RequestHandler = (request, _response, next) => {
  const [path = '', ...queries] = request.url.split('?');
  const query = new URLSearchParams(queries.join('?'));
  const by = query.get('by');
  if (request.method === 'GET' && by !== null && !path.startsWith('/api/')) {
    const wish = readSort(by);
    if (wish) {
      wishes.set(request, wish);
    }
    query.delete('by');
    request.url = query.size === 0 ? path : `${path}?${query.toString()}`;
  }
  next();
};

/** The same blocks, with every table in the order that its reader asked for. */
export function sortTables(blocks: readonly Block[], request: Request): readonly Block[] {
  const wish = wishes.get(request);
  const [, ...queries] = request.originalUrl.split('?');
  return blocks.map((block) =>
    block.kind === 'table' ? sortedTable(block, queries.join('?'), wish) : block,
  );
}
