import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** An open transaction. Passed first, explicitly, to everything that takes part in it (law 7). */
export type Tx = EntityManager & { readonly [inTransaction]?: true };
declare const inTransaction: unique symbol;

export interface TransactionOptions {
  /** PostgreSQL ends the transaction after this long, wherever it waits. */
  readonly timeoutMs?: number;
}

const inside = new AsyncLocalStorage<true>();

/** PostgreSQL for repositories: reads outside a transaction, and explicit transactions. */
@Injectable()
export class Database {
  constructor(private readonly dataSource: DataSource) {}

  /** For reads that need no transaction. */
  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /**
   * Runs `work` in one transaction at READ COMMITTED, the connection's default: it commits when the promise resolves, else
   * rolls back.
   * @throws Error when called inside another: two transactions of one act can deadlock or half-commit (law 7).
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (inside.getStore() === true) {
      throw new Error('A transaction inside a transaction: pass the outer one on');
    }
    return inside.run(true, () =>
      this.dataSource.transaction(async (tx) => {
        if (options.timeoutMs !== undefined) {
          await tx.query(`SET LOCAL transaction_timeout = ${String(options.timeoutMs)}`);
        }
        return work(tx);
      }),
    );
  }
}
