import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cascade, type Affected, type CascadeHandler } from '../../src/cascade/cascade.service.js';
import { CAUSE_CODES, type Cause } from '../../src/cascade/cause.js';
import type { Tx } from '../../src/platform/database/database.js';

/** Stands where grants stand above agreements: says what would end, and leaves a mark in the causing transaction. */
@Injectable()
export class GrantsStandIn implements CascadeHandler, OnModuleInit {
  readonly applied: Cause[] = [];
  failsWith: Error | undefined;
  affected: readonly Affected[] = [];

  constructor(private readonly cascade: Cascade) {}

  onModuleInit(): void {
    for (const code of CAUSE_CODES) {
      this.cascade.register(code, this);
    }
  }

  preview(): Promise<readonly Affected[]> {
    return Promise.resolve(this.affected);
  }

  apply(_tx: Tx, causes: readonly Cause[]): Promise<number> {
    if (this.failsWith) {
      return Promise.reject(this.failsWith);
    }
    this.applied.push(...causes);
    return Promise.resolve(this.affected.length);
  }
}
