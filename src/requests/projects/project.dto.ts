import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { IsDay, Trimmed } from '../../platform/web/fields.js';

/** A new project (domain.md section 10). Whoever creates it is its lead and first member. */
export class ProjectDto {
  @IsUUID()
  organisationId: string;

  @Trimmed()
  @IsString()
  @Length(1, 200)
  title: string;

  @Trimmed()
  @IsString()
  @Length(1, 3000)
  summary: string;

  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  technicalSummary?: string;

  @Trimmed()
  @IsString()
  @Length(1, 10_000)
  publicBenefit: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  purposes: string[];

  @IsDay()
  startsOn: string;

  @IsDay()
  endsOn: string;

  @IsBoolean()
  ethicsApproved: boolean;

  @ValidateIf((dto: ProjectDto) => dto.ethicsApproved || dto.ethicsReference !== undefined)
  @Trimmed()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  ethicsReference?: string;
}

/** A person to take into a project: a live researcher of one of the organisations. */
export class ProjectMemberDto {
  @IsUUID()
  personId: string;

  @IsUUID()
  organisationId: string;
}
