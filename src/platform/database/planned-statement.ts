import type pg from 'pg';
import { QueryFailedError, type EntityManager } from 'typeorm';

const names = new Map<string, string>();

/**
 * Sends a statement that each connection parses and plans only once, which TypeORM cannot: planning what every request reads
 * or writes takes the server as long as doing it, or longer. Only where one plan is the best for all parameters.
 * @param manager of the transaction that it belongs to; of none, it is sent by itself.
 * @param text one of a few: connections keep the plan of each.
 * @throws QueryFailedError as any statement.
 */
export async function queryPlanned(
  manager: EntityManager,
  text: string,
  params: readonly unknown[],
): Promise<pg.QueryResult> {
  const ofTransaction = manager.queryRunner;
  if (ofTransaction) {
    return send((await ofTransaction.connect()) as pg.ClientBase, text, params);
  }
  const runner = manager.dataSource.createQueryRunner();
  try {
    return await send((await runner.connect()) as pg.ClientBase, text, params);
  } finally {
    await runner.release();
  }
}

async function send(
  connection: pg.ClientBase,
  text: string,
  params: readonly unknown[],
): Promise<pg.QueryResult> {
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
