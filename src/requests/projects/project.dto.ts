import { OmitType, PartialType } from '@nestjs/swagger';
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
import { AreWebAddresses, IsDay, MaxWords, Trimmed } from '../../platform/web/fields.js';

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
  @MaxWords(300)
  summary: string;

  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  @MaxWords(1_000)
  technicalSummary?: string;

  @Trimmed()
  @IsString()
  @Length(1, 10_000)
  @MaxWords(1_000)
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

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  funders?: string[];

  /** Whether and how others may use the data in this project. */
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  sublicences?: string;

  /** Data of other origin that is used beside it. */
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  otherDatasets?: string;

  /** Who works on it without asking here. */
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  otherApplicants?: string;

  /** Where what came of it can be read; may be added when the project has closed. */
  @IsOptional()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @AreWebAddresses()
  outputs?: string[];
}

/** What a project may change; judged together with the rest as `ProjectDto`, and by how far it has come. */
export class EditProjectDto extends PartialType(
  OmitType(ProjectDto, ['organisationId'] as const),
) {}

/** A person to take into a project: a live researcher of one of the organisations. */
export class ProjectMemberDto {
  @IsUUID()
  personId: string;

  @IsUUID()
  organisationId: string;
}
