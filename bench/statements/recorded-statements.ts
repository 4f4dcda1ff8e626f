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
const BEGINS = /^(START TRANSACTION|BEGIN)/i;
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
    const begins = BEGINS.test(sql);
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
 * The statements of the last recording that each of them has: those of the act itself, without what the broker did by the
 * way. A transaction is there as a whole or not at all: every one of them ends in the same COMMIT.
 */
export function commonStatements(
  recordings: readonly (readonly Statement[])[],
): readonly Statement[] {
  const found = recordings.map(unitsOf);
  const last = found.at(-1) ?? [];
  const count = (units: readonly Unit[], key: string): number =>
    units.filter((unit) => keyOf(unit) === key).length;
  const left = new Map(
    last.map((unit) => {
      const key = keyOf(unit);
      return [key, Math.min(...found.map((units) => count(units, key)))];
    }),
  );
  return last
    .filter((unit) => {
      const rest = left.get(keyOf(unit)) ?? 0;
      left.set(keyOf(unit), rest - 1);
      return rest > 0;
    })
    .flat();
}

/** A transaction, or a statement outside of any. */
type Unit = readonly Statement[];

const keyOf = (unit: Unit): string => JSON.stringify(unit.map(({ sql }) => sql));

function unitsOf(recording: readonly Statement[]): readonly Unit[] {
  const units: Statement[][] = [];
  const open = new Map<string, Statement[]>();
  for (const statement of recording) {
    const { connection, sql, inTransaction } = statement;
    const begun = inTransaction && !BEGINS.test(sql) ? open.get(connection) : undefined;
    if (begun) {
      begun.push(statement);
    } else {
      const unit = [statement];
      units.push(unit);
      open.set(connection, unit);
    }
  }
  return units;
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
