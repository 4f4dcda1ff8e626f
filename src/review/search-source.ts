import type { Request } from 'express';
import { routeOf } from '../identity/refusals.service.js';
import { traceIdOf } from '../platform/web/trace-id.js';
import type { SearchSource } from './trail-reading.service.js';

/** Of a request, what its event says. */
export function sourceOf(request: Request): SearchSource {
  return { route: routeOf(request), traceId: traceIdOf(request) };
}
