import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const KNOWN_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** Prometheus metrics. Labels are closed sets: never a name, an id or a path that a caller chose. */
@Injectable()
export class Metrics implements OnModuleDestroy {
  readonly registry = new Registry();
  private readonly durations = new Histogram({
    name: 'concordat_http_request_duration_seconds',
    help: 'Time from request to the end of its answer, by route template',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_SECONDS,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'concordat_' });
  }

  /**
   * Registers a gauge that is read at each scrape.
   * @param read answers at once or fails; a failing gauge is left out of the scrape, not the scrape refused.
   */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        try {
          this.set(await read());
        } catch {
          // Not `reset`, which says 0: an alarm would take it for a good answer.
          this.remove();
        }
      },
    });
  }

  /** Middleware that measures every request. */
  observeRequests(): RequestHandler {
    return (req: Request, res: Response, next: NextFunction) => {
      const stop = this.durations.startTimer();
      res.once('close', () => {
        stop({
          method: KNOWN_METHODS.includes(req.method) ? req.method : 'other',
          route: routeTemplate(req),
          status: String(res.statusCode),
        });
      });
      next();
    };
  }

  onModuleDestroy(): void {
    this.registry.clear();
  }
}

function routeTemplate(req: Request): string {
  const route: unknown = req.route;
  return typeof route === 'object' && route !== null && 'path' in route
    ? String(route.path)
    : 'unmatched';
}
