import { Inject, Injectable } from '@nestjs/common';
import { Cascade, PREVIEW_LIMIT, type Affected } from '../../cascade/cascade.service.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Supervision } from '../../organisations/people/supervision.service.js';
import type { Database } from '../../platform/database/database.js';
import { ImpactRepository } from './impact.repository.js';
import { causeOf, type ImpactSubject, type StopQuestion } from './impact.rules.js';

/** A thing that may stop, and what would end now if it did. */
export interface Preview {
  readonly subject: ImpactSubject;
  readonly affected: readonly Affected[];
  /** False when there may be more than `affected` holds. */
  readonly isComplete: boolean;
}

/** What stopping something would end, whoever asks: the preview and the act ask the same cascade (R3.26). */
@Injectable()
export class ImpactPreview {
  constructor(
    private readonly repository: ImpactRepository,
    private readonly cascade: Cascade,
    private readonly supervision: Supervision,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The thing, where it is there and has not stopped already. */
  async find(
    manager: Database['manager'],
    question: StopQuestion,
  ): Promise<ImpactSubject | undefined> {
    return this.repository.findSubject(manager, question, londonDay(this.clock.now()));
  }

  /** Each thing once, whatever ends it. @param concerning one of these organisations; null: whomever. */
  async of(
    manager: Database['manager'],
    question: StopQuestion,
    subject: ImpactSubject,
    concerning: readonly string[] | null = null,
  ): Promise<Preview> {
    const cause = causeOf(question, subject);
    const byId = new Map<string, Affected>();
    for (const one of [cause, ...(await this.supervision.lapsesAfter(manager, cause))]) {
      for (const affected of await this.cascade.preview(manager, one, concerning)) {
        byId.set(affected.id, affected);
      }
    }
    const affected = [...byId.values()].slice(0, PREVIEW_LIMIT);
    return { subject, affected, isComplete: affected.length < PREVIEW_LIMIT };
  }
}
