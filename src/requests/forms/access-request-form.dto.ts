import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsUUID,
  ValidateNested,
} from 'class-validator';
import { OmitType } from '@nestjs/swagger';
import { AccessRequestDto, FiveSafesDto } from '../access-request.dto.js';

/** One dataset under one agreement. */
export class FormItemDto {
  @IsUUID()
  datasetId: string;

  @IsUUID()
  agreementId: string;

  @IsOptional()
  @IsIn(['stream', 'presign', 'sts', 'feed', 'view', 'aggregate'])
  delivery?: string;
}

/** One form for several datasets, of one or several owners; the Five Safes are answered once for all. */
export class AccessRequestFormDto extends OmitType(AccessRequestDto, [
  'datasetId',
  'agreementId',
  'delivery',
  'formId',
  'fiveSafes',
] as const) {
  @IsObject()
  @ValidateNested()
  @Type(() => FiveSafesDto)
  fiveSafes: FiveSafesDto;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  // Twice the same is one request too many.
  @ArrayUnique(({ datasetId, agreementId }: FormItemDto) => `${datasetId} ${agreementId}`)
  @ValidateNested({ each: true })
  @Type(() => FormItemDto)
  items: FormItemDto[];
}
