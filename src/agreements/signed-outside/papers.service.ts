import { Injectable } from '@nestjs/common';
import { ConcordatError } from '../../kernel/errors.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';
import { checkPaper } from './attestation.rules.js';
import { AttestationsRepository } from './attestations.repository.js';

/** Whether the paper that a version names can stand for it (R3.22). */
@Injectable()
export class Papers {
  constructor(private readonly repository: AttestationsRepository) {}

  /**
   * @param base the version that it amends.
   * @throws ConcordatError `agreement_incomplete` (422)
   */
  async requireUsable(
    tx: Tx,
    agreement: AgreementVersion,
    base: AgreementVersion | undefined,
  ): Promise<void> {
    const papers = await this.repository.earlierPapers(tx, agreement);
    const errors = checkPaper(agreement.terms, base, papers);
    if (errors.length > 0) {
      throw new ConcordatError('agreement_incomplete', { errors });
    }
  }
}
