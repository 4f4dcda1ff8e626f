import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cascade, type Affected } from '../../src/cascade/cascade.service.js';
import { CAUSE_CODES, type Cause } from '../../src/cascade/cause.js';
import type { Tx } from '../../src/platform/database/database.js';

/** Stands where grants stand above agreements: says what would end, and leaves a mark in the causing transaction. */
@Injectable()
export class GrantsStandIn implements OnModuleInit {
  readonly applied: Cause[] = [];
  failsWith: Error | undefined;
  affected: readonly Affected[] = [];

  constructor(private readonly cascade: Cascade) {}

  onModuleInit(): void {
    for (const code of CAUSE_CODES) {
      this.cascade.register(code, {
        preview: () => Promise.resolve(this.affected),
        apply: (_tx: Tx, cause: Cause) => {
          if (this.failsWith) {
            return Promise.reject(this.failsWith);
          }
          this.applied.push(cause);
          return Promise.resolve(this.affected.length);
        },
      });
    }
  }
}
