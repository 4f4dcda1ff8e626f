import { IsIn, IsString, IsUUID, Length } from 'class-validator';
import { FitsEvent, IsDay, MaxWords, Trimmed } from '../../platform/web/fields.js';
import { DELEGABLE_ROLES, type DelegableRole } from './delegation.rules.js';

/** The caller's own duty, lent to another member for stated days. */
export class DelegationDto {
  @IsIn(DELEGABLE_ROLES)
  role: DelegableRole;

  /** The person who stands in. */
  @IsUUID()
  deputyId: string;

  @IsDay()
  startsOn: string;

  @IsDay()
  endsOn: string;

  @Trimmed()
  @IsString()
  @Length(1, 5000)
  @MaxWords(300)
  @FitsEvent()
  reason: string;
}
