import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost, type AbstractHttpAdapter } from '@nestjs/core';
import type { Application, Request } from 'express';
import { declaredAccess, type RouteAccess } from './access.js';

/** One route as the router knows it. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly access: RouteAccess | undefined;
}

interface Layer {
  readonly route?: {
    readonly path: string;
    readonly stack: readonly { readonly method?: string; readonly handle: object }[];
  };
  readonly handle?: { readonly stack?: readonly Layer[] };
  match(path: string): boolean;
}

/**
 * Law 2: a route without an access declaration does not start the process. Reads the router itself, not the controllers,
 * so a route that a library adds is seen too.
 */
@Injectable()
export class AccessDeclarations implements OnApplicationBootstrap {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** @throws Error that names each route without a declaration. */
  onApplicationBootstrap(): void {
    const undeclared = this.listRoutes().filter(({ access }) => access === undefined);
    if (undeclared.length > 0) {
      const names = undeclared.map(({ method, path }) => `${method} ${path}`);
      throw new Error(`Routes without @Access, @SignedIn or @Public: ${names.join(', ')}`);
    }
  }

  /** Every route of the process, in the order in which the router tries them. */
  listRoutes(): readonly Route[] {
    return this.layers().flatMap(({ route }) =>
      (route?.stack ?? []).map(({ method, handle }) => ({
        method: (method ?? 'all').toUpperCase(),
        path: route?.path ?? '',
        access: declaredAccess(handle),
      })),
    );
  }

  /** The methods that some route offers on this path; empty when no route has the path. */
  methodsOf(path: string): readonly string[] {
    const methods = this.layers()
      .filter((layer) => layer.route !== undefined && matches(layer, path))
      .flatMap((layer) => layer.route?.stack ?? [])
      .map(({ method }) => (method ?? 'all').toUpperCase());
    return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)))];
  }

  private layers(): readonly Layer[] {
    // The worker has no router, and so no route.
    const adapter = this.adapterHost.httpAdapter as AbstractHttpAdapter | undefined;
    const express = adapter?.getInstance<Application>();
    return flatten((express?.router.stack ?? []) as unknown as readonly Layer[]);
  }
}

/** What the route that a request met declares; undefined for a request that met none. */
export function accessOf(request: Request): RouteAccess | undefined {
  const { route } = request as { readonly route?: Layer['route'] };
  return route?.stack.map(({ handle }) => declaredAccess(handle)).find((access) => access);
}

/** Routers mounted in the router count too: nothing here mounts one, but a library might. */
function flatten(layers: readonly Layer[]): readonly Layer[] {
  return layers.flatMap((layer) => [layer, ...flatten(layer.handle?.stack ?? [])]);
}

/** A path that does not decode matches nothing. */
function matches(layer: Layer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    return false;
  }
}
