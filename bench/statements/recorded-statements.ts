/** A statement as the broker sent it, with its parameters as text. */
export interface Statement {
  /** The process of PostgreSQL that it was sent to: the connection. */
  readonly connection: string;
  readonly database: 'main' | 'secrets';
  /** Of one that each connection plans once. */
  readonly name: string | undefined;
  readonly sql: string;
  readonly params: readonly (string | null)[];
  readonly inTransaction: boolean;
}

/** Starts each line of the log that is not a continuation; see `log_line_prefix`. */
const LINE_MARK = '>>>';
export const LINE_PREFIX = `${LINE_MARK}%p|%u|`;

interface Entry {
  readonly pid: string;
  readonly login: string;
  readonly name: string | undefined;
  readonly sql: string;
  params: readonly (string | null)[];
}

// The logins that requests are served by; the worker's others go on beside them.
const STATEMENT =
  /^(\d+)\|(concordat_(?:app|session|secrets))\|LOG: {2}(?:statement|execute ([^:]*)): ([\s\S]*)$/;
const DETAIL = /^(\d+)\|concordat\w*\|DETAIL: {2}parameters: ([\s\S]*)$/i;
const PARAMETER = /\$\d+ = (?:(NULL)|'((?:[^']|'')*)')/g;

/** What the broker's logins sent, in the order of the log of PostgreSQL at `log_statement = all`. */
export function parseStatements(log: string): readonly Statement[] {
  const entries: Entry[] = [];
  for (const line of log.split(`\n${LINE_MARK}`).flatMap((text) => text.split(LINE_MARK))) {
    // PostgreSQL puts a tab before each further line of a statement.
    const text = line.replace(/\n\t/g, '\n').trimEnd();
    const statement = STATEMENT.exec(text);
    const detail = DETAIL.exec(text);
    if (statement) {
      const [, pid = '', login = '', name, sql = ''] = statement;
      entries.push({ pid, login, name: name === '<unnamed>' ? undefined : name, sql, params: [] });
    } else if (detail) {
      const last = entries.findLast(({ pid }) => pid === detail[1]);
      if (last) {
        last.params = [...(detail[2] ?? '').matchAll(PARAMETER)].map(([, none, value]) =>
          none === undefined ? (value ?? '').replaceAll("''", "'") : null,
        );
      }
    }
  }
  return markTransactions(entries);
}

function markTransactions(entries: readonly Entry[]): readonly Statement[] {
  const open = new Set<string>();
  return entries.map(({ pid, login, name, sql, params }) => {
    const begins = /^(START TRANSACTION|BEGIN)/i.test(sql);
    const inTransaction = begins || open.has(pid);
    if (begins) {
      open.add(pid);
    } else if (/^(COMMIT|ROLLBACK)/i.test(sql)) {
      open.delete(pid);
    }
    const database = login === 'concordat_secrets' ? 'secrets' : 'main';
    return { connection: pid, database, name, sql, params, inTransaction };
  });
}

/**
 * The statements of `last` that each of the recordings has: those of the act itself, without what the broker did by the
 * way.
 */
export function commonStatements(
  recordings: readonly (readonly Statement[])[],
): readonly Statement[] {
  const last = recordings.at(-1) ?? [];
  const count = (recording: readonly Statement[], sql: string): number =>
    recording.filter((statement) => statement.sql === sql).length;
  const left = new Map(
    last.map(({ sql }) => [sql, Math.min(...recordings.map((one) => count(one, sql)))]),
  );
  return last.filter(({ sql }) => {
    const rest = left.get(sql) ?? 0;
    left.set(sql, rest - 1);
    return rest > 0;
  });
}

/** The statements with the values of one act replaced by the names of what differs from act to act. */
export function asTemplate(
  statements: readonly Statement[],
  names: Readonly<Record<string, string>>,
): readonly Statement[] {
  const replace = (text: string): string =>
    Object.entries(names).reduce(
      (out, [name, value]) => out.replaceAll(value, `{{${name}}}`),
      text,
    );
  return statements.map(({ params, ...statement }) => ({
    ...statement,
    params: params.map((value) => (value === null ? null : replace(value))),
  }));
}
