import { Injectable } from '@nestjs/common';
import type { Json } from '../../kernel/canonical-json.js';
import { isUuid } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import type { AuditEventRow, AuditEventView } from '../audit-event.view.js';
import { TrailReading } from '../trail-reading.service.js';
import { Things } from './things.repository.js';

/** An event, and what the things that it names by id are called. */
export type NamedEventView = AuditEventView & {
  readonly names: Readonly<Record<string, string>>;
};

/** Events opened for people to read: nobody knows an agreement by a UUID. */
@Injectable()
export class NamedEvents {
  constructor(
    private readonly database: Database,
    private readonly reading: TrailReading,
    private readonly things: Things,
  ) {}

  async open(rows: readonly AuditEventRow[]): Promise<readonly NamedEventView[]> {
    const views = await this.reading.open(rows);
    const ids = views.flatMap(idsIn);
    const names = await this.things.namesOf(this.database.manager, ids);
    return views.map((view) => ({ ...view, names: namesIn(view, names) }));
  }
}

function namesIn(
  view: AuditEventView,
  names: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    idsIn(view).flatMap((id) => {
      const name = names.get(id);
      return name === undefined ? [] : [[id, name]];
    }),
  );
}

// Whatever of the fields is an id; the event's own names nothing.
function idsIn(view: AuditEventView): readonly string[] {
  const values: readonly Json[] = Object.values(view).flatMap((value) => value);
  return values.filter(
    (value): value is string => typeof value === 'string' && isUuid(value) && value !== view.id,
  );
}
