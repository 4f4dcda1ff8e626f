import type { ProjectDto } from './project.dto.js';
import type { ProjectEntity } from './project.entity.js';

/** What a project says of itself, as it is stored. */
export function describedIn(dto: ProjectDto) {
  return {
    title: dto.title,
    summary: dto.summary,
    technicalSummary: dto.technicalSummary ?? null,
    publicBenefit: dto.publicBenefit,
    purposes: dto.purposes,
    startsOn: dto.startsOn,
    endsOn: dto.endsOn,
    ethicsApproved: dto.ethicsApproved,
    ethicsReference: dto.ethicsReference ?? null,
    funders: dto.funders ?? [],
    sublicences: dto.sublicences ?? null,
    otherDatasets: dto.otherDatasets ?? null,
    otherApplicants: dto.otherApplicants ?? null,
    outputs: dto.outputs ?? [],
  };
}

/** What a stored project says of itself, as it was sent. */
export function descriptionOf(project: ProjectEntity): ProjectDto {
  const { technicalSummary, ethicsReference, sublicences } = project;
  const { otherDatasets, otherApplicants } = project;
  return {
    organisationId: project.organisationId,
    title: project.title,
    summary: project.summary,
    publicBenefit: project.publicBenefit,
    purposes: project.purposes,
    startsOn: project.startsOn,
    endsOn: project.endsOn,
    ethicsApproved: project.ethicsApproved,
    funders: project.funders,
    outputs: project.outputs,
    ...(technicalSummary !== null && { technicalSummary }),
    ...(ethicsReference !== null && { ethicsReference }),
    ...(sublicences !== null && { sublicences }),
    ...(otherDatasets !== null && { otherDatasets }),
    ...(otherApplicants !== null && { otherApplicants }),
  };
}
