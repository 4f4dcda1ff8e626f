import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { RouteAccess } from '../platform/web/access.js';
import { AccessDeclarations } from '../platform/web/access-declarations.js';
import { isOperation } from './operations.js';

/** A route that asks for an operation nobody knows would deny everybody, and nobody would see why: it stops the boot. */
@Injectable()
export class KnownOperations implements OnApplicationBootstrap {
  constructor(private readonly declarations: AccessDeclarations) {}

  /** @throws Error that names each such route. */
  onApplicationBootstrap(): void {
    const unknown = this.declarations.listRoutes().flatMap(({ method, path, access }) =>
      namesOf(access)
        .filter((name) => !isOperation(name))
        .map((name) => `${method} ${path} (${name})`),
    );
    if (unknown.length > 0) {
      throw new Error(`Routes with unknown operations: ${unknown.join(', ')}`);
    }
  }
}

function namesOf(access: RouteAccess | undefined): readonly string[] {
  switch (access?.kind) {
    case 'operation':
      return [access.operation];
    case 'signed_in':
      return access.scope === undefined ? [] : [access.scope];
    default:
      return [];
  }
}
