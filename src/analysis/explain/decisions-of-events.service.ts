import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { DecisionStore } from '../replay/decision-store.repository.js';
import { Replay } from '../replay/replay.service.js';
import type { Reader } from './explained.js';
import { replayedExplanation, type ReplayedExplanation } from './replayed-explanation.js';

/** The decision, and whose request was decided. */
export interface DecisionOfEvent {
  readonly personId: string;
  readonly explanation: ReplayedExplanation;
}

/** Why policy said what it said then: the decision made again, for whoever may read the event that it rides on. */
@Injectable()
export class DecisionsOfEvents {
  constructor(
    private readonly database: Database,
    private readonly store: DecisionStore,
    private readonly replay: Replay,
  ) {}

  /** @returns undefined where no such decision was recorded: one that was only asked about (`policy.explained`) is not. */
  async explain(
    decisionId: string,
    reader: Omit<Reader, 'isSelf'>,
  ): Promise<DecisionOfEvent | undefined> {
    const record = await this.store.find(this.database.manager, decisionId);
    if (!record) {
      return undefined;
    }
    const rules = await this.replay.rulesOf(record);
    const again = this.replay.decide(record, await this.replay.knownOf(record), rules);
    const explanation = replayedExplanation(record, again, rules, { ...reader, isSelf: false });
    return { personId: record.personId, explanation };
  }
}
