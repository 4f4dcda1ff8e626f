import type pg from 'pg';
import { QueryFailedError } from 'typeorm';
import type { Tx } from './database.js';

const names = new Map<string, string>();

/**
 * Sends a statement that each connection parses and plans only once, which TypeORM cannot. For what requests write again and
 * again: planning the insertion of an event takes the server as long as inserting it. Not for reads, whose best plan depends
 * on their parameters.
 * @param text one of a few: connections keep the plan of each.
 * @throws QueryFailedError as any statement of a transaction.
 */
export async function queryPlanned(
  tx: Tx,
  text: string,
  params: readonly unknown[],
): Promise<pg.QueryResult> {
  if (!tx.queryRunner) {
    throw new Error('A planned statement belongs to a transaction');
  }
  const connection = (await tx.queryRunner.connect()) as pg.ClientBase;
  const values = [...params];
  try {
    return await connection.query({ name: nameOf(text), text, values });
  } catch (error) {
    throw new QueryFailedError(text, values, error as Error);
  }
}

function nameOf(text: string): string {
  const name = names.get(text) ?? `planned_${String(names.size)}`;
  names.set(text, name);
  return name;
}
