import { beginLog, Sequencer } from '../../src/audit/sequencer/sequencer.js';
import { LoginSession } from '../../src/platform/database/login-session.js';
import type { TestDatabase } from './database.js';

export interface Sequencing {
  /** Gives every committed event its place in the log. */
  sequence(): Promise<void>;
  close(): Promise<void>;
}

/** The log's sequencer, without a publisher. From now on grants want a log that is published (A8). */
export async function sequencing(db: TestDatabase): Promise<Sequencing> {
  const session = new LoginSession(db.urlFor('concordat_sequencer'));
  await session.use(beginLog);
  const sequencer = new Sequencer(session);
  return {
    sequence: async () => {
      for (let placed = 1; placed > 0;) {
        placed = await sequencer.sequence();
      }
    },
    close: () => session.close(),
  };
}
