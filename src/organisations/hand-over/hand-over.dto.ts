import { IsOptional, IsUUID } from 'class-validator';

/** Who takes over: another live member of the organisation. */
export class HandOverDto {
  @IsUUID()
  successorId: string;
}

export class HandOverQueryDto {
  @IsOptional()
  @IsUUID()
  successorId?: string;
}
