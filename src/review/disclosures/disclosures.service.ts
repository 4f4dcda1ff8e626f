import { Injectable } from '@nestjs/common';
import { AuditService, payloadAad } from '../../audit/audit.service.js';
import { discloseFields, type ClearPayload, type Disclosure } from '../../audit/disclosure.js';
import { NOBODY } from '../../audit/event-preparation.js';
import { actorFields } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { SubjectKeys } from '../../platform/secrets/subject-keys.js';
import type { SearchSource } from '../trail-reading.service.js';
import { checkFields, isSubject, mayOpen, type EventToDisclose } from './openable-fields.js';
import { DisclosuresRepository } from './disclosures.repository.js';

/** Single fields of an event with their proof, to officers who see it and to the person it is about. */
@Injectable()
export class Disclosures {
  constructor(
    private readonly database: Database,
    private readonly events: DisclosuresRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly subjectKeys: SubjectKeys,
  ) {}

  /**
   * @param fields the fields to open; undefined for all that the caller may. What they may not, or what is erased, stays
   * closed: the answer says which are open.
   * @throws ConcordatError `not_found` to whom the event is not shown; `input_invalid` for a field that it does not have.
   */
  async disclose(
    principal: Principal,
    id: string,
    fields: readonly string[] | undefined,
    source: SearchSource,
  ): Promise<Disclosure> {
    const { personId } = principal;
    const [event, payloads] = await this.database.transaction(async (tx) => {
      const found = await this.events.find(tx, id);
      if (!found) {
        throw new ConcordatError('not_found');
      }
      const rows = await this.events.payloadsOf(tx, id, [NOBODY, personId]);
      const subjects = rows.map(({ subjectId }) => subjectId);
      if (!isSubject(personId, found, subjects)) {
        this.authorisation.require(principal, 'audit:read', found);
      }
      checkFields(found.type, fields);
      const officeId = this.officeFor(principal, found);
      await this.audit.record(tx, 'audit.searched', {
        ...actorFields(principal, officeId),
        organisationIds: officeId === undefined ? [] : [officeId],
        ...source,
        count: 1,
        reasonCodes: [`eventId=${id}`, ...(fields ? [`fields=${fields.join(',')}`] : [])],
      });
      return [found, rows] as const;
    });
    return discloseFields(event, await this.open(id, payloads), mayOpen(personId, event, fields));
  }

  /** Where the caller is an officer who sees the event; undefined for the person it is about. */
  private officeFor(principal: Principal, event: EventToDisclose): string | undefined {
    const office = principal.memberships.find(({ organisationId, isOperator }) => {
      const seen = event.organisationIds.includes(organisationId) ? [organisationId] : [];
      return (
        (isOperator || seen.length > 0) &&
        this.authorisation.allows(principal, 'audit:read', { organisationIds: seen })
      );
    });
    return office?.organisationId;
  }

  private async open(
    eventId: string,
    payloads: readonly ClearPayload[],
  ): Promise<readonly ClearPayload[]> {
    const opened = await Promise.all(
      payloads.map(async ({ subjectId, body }) => ({
        subjectId,
        body:
          subjectId === NOBODY
            ? body
            : await this.subjectKeys.decrypt(subjectId, payloadAad(eventId, subjectId), body),
      })),
    );
    return opened.filter((payload): payload is ClearPayload => payload.body !== undefined);
  }
}
