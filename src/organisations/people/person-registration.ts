import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import type { Tx } from '../../platform/database/database.js';
import type { Actor } from '../acting.js';
import { PeopleRepository } from './people.repository.js';

export interface NewPerson {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | null;
  readonly email: string | null;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** `P-` and 8 random base32 characters: says nothing about the person. */
export function newPseudonym(): string {
  return `P-${[...randomBytes(8)].map((byte) => BASE32.charAt(byte % BASE32.length)).join('')}`;
}

/** Makes people known to the broker, by (issuer, subject) and never by e-mail. */
@Injectable()
export class PersonRegistration {
  constructor(
    private readonly people: PeopleRepository,
    private readonly audit: AuditService,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * The person's id; a person who is known already stays as they are.
   * @throws ConcordatError `conflict` when somebody else registers the same account at this moment.
   */
  async findOrRegister(
    tx: Tx,
    person: NewPerson,
    organisationId: string,
    actor: Actor,
  ): Promise<string> {
    const known = await this.people.findByAccount(tx, person.issuer, person.subject);
    if (known) {
      return known.id;
    }
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'person.registered', {
      ...actor,
      organisationIds: [organisationId],
      targetType: 'person',
      targetId: id,
    });
    const { issuer, subject, name, email } = person;
    const row = { id, issuer, subject, name, email, pseudonym: newPseudonym(), auditEventId };
    if (!(await this.people.insert(tx, { ...row, status: 'active' }))) {
      throw new ConcordatError('conflict', {
        detail: 'The person is being registered. Try again.',
      });
    }
    return id;
  }
}
