/** SQL and its parameters, apart from running it: its plan is tested. */
export interface Statement {
  readonly sql: string;
  readonly params: unknown[];
}

/** Binds values to a statement, in order. */
export class Params {
  readonly values: unknown[] = [];

  /** @returns the placeholder. */
  bind(value: unknown): string {
    return `$${String(this.values.push(value))}`;
  }

  /** Conditions joined by AND; null, and one whose value is null, say nothing. `?` is the value. */
  where(conditions: readonly (Condition | null)[]): string {
    const said = conditions.flatMap((condition) => {
      const [sql, value] = condition ?? ['', null];
      return value === null ? [] : [value === undefined ? sql : this.fill(sql, value)];
    });
    return said.length > 0 ? `WHERE ${said.join(' AND ')}` : '';
  }

  private fill(condition: string, value: unknown): string {
    const placeholder = this.bind(value);
    return condition.replaceAll('?', placeholder);
  }
}

type Condition = readonly [sql: string, value?: unknown];

/** The grants that an officer sees: those that name their organisation, on either side (R5.8). */
export const GRANT_SIGHT = '(g.organisation_id = ANY(?::uuid[]) OR g.provider_id = ANY(?::uuid[]))';

/** The events that an officer sees (R5.8). */
export const EVENT_SIGHT = 'e.organisation_ids && ?::uuid[]';
