import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { IsInstant } from '../../platform/web/fields.js';
import { ACTIONS, type Action } from '../../policy/attributes.js';

/** Who would do what, with which dataset, under which agreement and in which project. */
export class ExplainDto {
  @IsUUID()
  agreementId: string;

  @IsUUID()
  datasetId: string;

  @IsIn(ACTIONS)
  action: Action;

  @IsUUID()
  personId: string;

  @IsUUID()
  projectId: string;

  /** When; absent: now. At most a year ahead. */
  @IsOptional()
  @IsInstant()
  at?: string;
}
