import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsISO8601,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  ValidateIf,
} from 'class-validator';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A new project (domain.md section 10). Whoever creates it is its lead and first member. */
export class ProjectDto {
  @IsUUID()
  organisationId: string;

  @IsString()
  @Length(1, 200)
  title: string;

  @IsString()
  @Length(1, 3000)
  summary: string;

  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  technicalSummary?: string;

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

  @Matches(DAY)
  @IsISO8601({ strict: true })
  startsOn: string;

  @Matches(DAY)
  @IsISO8601({ strict: true })
  endsOn: string;

  @IsBoolean()
  ethicsApproved: boolean;

  @ValidateIf((dto: ProjectDto) => dto.ethicsApproved || dto.ethicsReference !== undefined)
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

/** Why something is done, in a person's words. */
export class ReasonDto {
  @IsString()
  @Length(1, 5000)
  reason: string;
}
