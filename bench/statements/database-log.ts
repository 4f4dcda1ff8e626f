import { open } from 'node:fs/promises';
import type pg from 'pg';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { LINE_PREFIX, parseStatements, type Statement } from './recorded-statements.js';

const LOG_TIMEOUT_MS = 5_000;

/** Lets PostgreSQL log what is sent to it while something is done. */
export class DatabaseLog {
  constructor(
    private readonly path: RunningSandbox['databaseLog'],
    private readonly admin: pg.Client,
  ) {}

  async on(): Promise<void> {
    await this.configure({ log_statement: 'all', log_line_prefix: LINE_PREFIX });
  }

  async off(): Promise<void> {
    await this.configure({ log_statement: 'none' });
  }

  /**
   * @param isWhole tells by the text and what the act returned whether the log has all of it.
   * @returns what the broker's logins sent meanwhile, and what the act returned.
   */
  async record<T>(
    act: () => Promise<T>,
    isWhole: (text: string, result: T) => boolean,
  ): Promise<{ readonly statements: readonly Statement[]; readonly result: T }> {
    const from = await sizeOf(this.path);
    const result = await act();
    // The log is written by another process, a little after the answer.
    let text = '';
    let size = -1;
    await waitFor('The log of PostgreSQL', LOG_TIMEOUT_MS, async () => {
      text = await readFrom(this.path, from);
      const isQuiet = text.length === size;
      size = text.length;
      return isQuiet && isWhole(text, result);
    });
    return { statements: parseStatements(text), result };
  }

  private async configure(settings: Readonly<Record<string, string>>): Promise<void> {
    const { admin } = this;
    for (const [name, value] of Object.entries(settings)) {
      await admin.query(`ALTER SYSTEM SET ${name} = ${admin.escapeLiteral(value)}`);
    }
    await admin.query('SELECT pg_reload_conf()');
    const [name = '', value = ''] = Object.entries(settings)[0] ?? [];
    await waitFor('PostgreSQL to read its settings', LOG_TIMEOUT_MS, async () => {
      const { rows } = await admin.query<{ setting: string }>(
        'SELECT current_setting($1) AS setting',
        [name],
      );
      return rows[0]?.setting === value;
    });
  }
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function readFrom(path: string, from: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(size - from);
    await file.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}
