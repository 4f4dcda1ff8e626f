import type { ProjectEntity, ProjectMemberEntity } from './project.entity.js';
import type { ProjectStatus } from './project.rules.js';

/** A project in a list. */
export interface ProjectSummary {
  readonly id: string;
  readonly reference: string;
  readonly organisationId: string;
  readonly title: string;
  readonly summary: string;
  readonly technicalSummary: string | null;
  readonly publicBenefit: string;
  readonly purposes: readonly string[];
  readonly startsOn: string;
  readonly endsOn: string;
  readonly ethicsApproved: boolean;
  readonly ethicsReference: string | null;
  readonly funders: readonly string[];
  readonly sublicences: string | null;
  readonly otherDatasets: string | null;
  readonly otherApplicants: string | null;
  readonly outputs: readonly string[];
  readonly status: ProjectStatus;
}

/** A project with its current members, the lead first. */
export interface ProjectView extends ProjectSummary {
  /** What `If-Match` names to change it. */
  readonly etag: string;
  readonly members: readonly {
    readonly personId: string;
    readonly organisationId: string;
    readonly isLead: boolean;
  }[];
}

/** The event that explains a project's state names the state. Who is a member is no part of it. */
export function etagOf({ auditEventId }: Pick<ProjectEntity, 'auditEventId'>): string {
  return `"${auditEventId}"`;
}

export function toProjectSummary(project: ProjectEntity): ProjectSummary {
  return {
    id: project.id,
    reference: project.reference,
    organisationId: project.organisationId,
    title: project.title,
    summary: project.summary,
    technicalSummary: project.technicalSummary,
    publicBenefit: project.publicBenefit,
    purposes: project.purposes,
    startsOn: project.startsOn,
    endsOn: project.endsOn,
    ethicsApproved: project.ethicsApproved,
    ethicsReference: project.ethicsReference,
    funders: project.funders,
    sublicences: project.sublicences,
    otherDatasets: project.otherDatasets,
    otherApplicants: project.otherApplicants,
    outputs: project.outputs,
    status: project.status,
  };
}

export function toProjectView(
  project: ProjectEntity,
  members: readonly ProjectMemberEntity[],
): ProjectView {
  return {
    ...toProjectSummary(project),
    etag: etagOf(project),
    members: members.map(({ personId, organisationId, isLead }) => ({
      personId,
      organisationId,
      isLead,
    })),
  };
}
