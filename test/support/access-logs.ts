import type { Database } from '../../src/platform/database/database.js';
import {
  AccessLogsRepository,
  type AccessLogState,
} from '../../src/stores/access-logs/access-logs.repository.js';

const logs = new AccessLogsRepository();

/** Lets the log of a store be read, from `since` on and from its beginning. */
export function beginLog(database: Database, storeId: string, since: Date): Promise<void> {
  return database.transaction((tx) => logs.begin(tx, storeId, since));
}

export async function logState(
  database: Database,
  storeId: string,
): Promise<AccessLogState | undefined> {
  return (await logs.states(database.manager, [storeId])).get(storeId);
}
