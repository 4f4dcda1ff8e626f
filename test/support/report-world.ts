import { StreamableFile, type Type } from '@nestjs/common';
import type { Request } from 'express';
import { AuditService } from '../../src/audit/audit.service.js';
import type { EventInput } from '../../src/audit/event-preparation.js';
import type { EventType } from '../../src/audit/event-types.js';
import type { Principal } from '../../src/identity/principal.js';
import { MailModule } from '../../src/platform/mail/mail.module.js';
import { AlertsModule } from '../../src/review/alerts/alerts.module.js';
import { ReportsModule } from '../../src/review/reports/reports.module.js';
import { RevealModule } from '../../src/review/reveal/reveal.module.js';
import type { PageOf } from '../../src/platform/web/page-query.dto.js';
import type { Listed } from '../../src/review/reports/reports.service.js';
import { GROUND, grantWorld, type GrantWorld, type GrantWorldOptions } from './grant-world.js';

/** The world of grants, with officers who ask. */
export interface ReportWorld extends GrantWorld {
  api<T>(api: Type<T>): T;
  /** An officer of an organisation that is no party to anything. */
  officerElsewhere(): Principal;
  /** Records an event at the clock's instant. @returns its id. */
  record<T extends EventType>(type: T, input: EventInput<T>): Promise<string>;
  /** An object of the grant that was delivered, or what else happened to it. @returns the event's id. */
  deliver(
    grantId: string,
    changes?: Partial<EventInput<'object.delivered'>>,
    type?: Delivered,
  ): Promise<string>;
  /** What was written of readings: route, filters and count, oldest first. */
  readings(): Promise<readonly string[]>;
}

type Delivered = 'object.opened' | 'object.delivered' | 'object.cut' | 'object.credential-issued';

export async function reportWorld(options: GrantWorldOptions = {}): Promise<ReportWorld> {
  const world = await grantWorld({
    ...options,
    imports: [MailModule, ReportsModule, RevealModule, AlertsModule],
  });
  const { app, database } = world;
  const audit = app.get(AuditService, { strict: false });
  const record: ReportWorld['record'] = (type, input) =>
    database.transaction((tx) => audit.record(tx, type, input));
  return Object.assign(world, {
    api: <T>(api: Type<T>): T => app.get(api, { strict: false }),
    officerElsewhere: () => {
      const stranger = world.as(GROUND.stranger);
      const roles = ['ig_officer'] as const;
      const memberships = stranger.memberships.map((held) => ({ ...held, roles }));
      return { ...stranger, memberships };
    },
    record,
    deliver: async (
      grantId: string,
      changes: Partial<EventInput<'object.delivered'>> = {},
      type: Delivered = 'object.delivered',
    ) =>
      record(type, {
        actorPersonId: GROUND.researcher,
        actorOrganisationId: GROUND.recipient,
        organisationIds: [GROUND.recipient, GROUND.provider],
        datasetId: GROUND.dataset,
        agreementId: GROUND.agreement,
        grantId,
        delivery: 'stream',
        ...(type === 'object.credential-issued'
          ? {}
          : { objectId: 'january.csv', range: '0-99', bytes: 100 }),
        ...changes,
      }),
    readings: async () => {
      const rows = await world.query<{ text: string }>(
        `SELECT array_to_string(reason_codes, ' ') AS text FROM audit_event WHERE type = 'audit.searched'
         ORDER BY occurred_at, id`,
      );
      return rows.map(({ text }) => text);
    },
  });
}

/** What a report reads of a request: its route, its trace, and what it accepts. */
export function requestTo(path: string, accept = 'application/json'): Request {
  const accepts = (types: readonly string[]) => types.includes(accept) && accept;
  return { method: 'GET', route: { path }, headers: {}, accepts } as unknown as Request;
}

/** Of a list that was not asked for as a file. */
export async function pageOf<View>(answer: Promise<Listed<View>>): Promise<PageOf<View>> {
  const page = await answer;
  if (page instanceof StreamableFile) {
    throw new Error('A page was asked for, and a file came');
  }
  return page;
}
