import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { capitalised } from '../../kernel/capitalised.js';
import { isConcordatError } from '../../kernel/errors.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import type { Block } from '../../platform/web/pages/blocks.js';
import type { ImpactQuestion } from './impact.rules.js';
import { ImpactService } from './impact.service.js';

/** What a page shows of an act that ends things, before it is done: the cascade of the act itself (R3.26). */
@Injectable()
export class EndingBlocks {
  constructor(
    private readonly impact: ImpactService,
    private readonly naming: ThingNaming,
  ) {}

  /** @returns none for somebody who may not do the act: the act itself tells them. */
  async of(principal: Principal, question: ImpactQuestion): Promise<readonly Block[]> {
    try {
      const { affected, isComplete } = await this.impact.of(principal, question);
      const names = await this.naming.of(
        affected.flatMap(({ organisationId, datasetId }) => [organisationId, datasetId]),
      );
      const count = `${isComplete ? '' : 'more than '}${String(affected.length)}`;
      return [
        {
          kind: 'table',
          id: 'ends',
          title: `What ends by it: ${count}`,
          columns: [
            { text: 'What' },
            { text: 'Whose' },
            { text: 'Organisation' },
            { text: 'Dataset' },
          ],
          rows: affected.map((one) => [
            { text: inWords(one.kind) },
            { text: one.pseudonym ?? '' },
            names.cell(one.organisationId),
            names.cell(one.datasetId),
          ]),
          empty: 'Nobody loses access by it.',
        },
      ];
    } catch (error) {
      if (isConcordatError(error) && (error.status === 403 || error.status === 404)) {
        return [];
      }
      throw error;
    }
  }
}

function inWords(kind: string): string {
  const words = kind.replaceAll('_', ' ');
  return capitalised(words);
}
