import { IsIn, IsUUID } from 'class-validator';
import { ReasonDto } from '../../platform/web/fields.js';
import { HOLD_SCOPES, type HoldScope } from './hold.types.js';

/** What must be kept, and why. */
export class PlaceHoldDto extends ReasonDto {
  @IsIn(HOLD_SCOPES)
  scopeType: HoldScope;

  @IsUUID()
  scopeId: string;
}
