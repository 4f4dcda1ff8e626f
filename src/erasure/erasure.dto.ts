import { IsIn } from 'class-validator';
import { ReasonDto } from '../platform/web/fields.js';
import { LEGAL_BASES, type LegalBasis } from './legal-basis.js';

/** Why somebody is erased, for whoever decides it with the asker. */
export class EraseDto extends ReasonDto {
  /** Paragraph of Article 17 UK GDPR. */
  @IsIn(LEGAL_BASES)
  legalBasis: LegalBasis;
}
