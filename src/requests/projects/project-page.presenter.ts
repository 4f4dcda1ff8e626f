import type { ThingNames } from '../../organisations/naming/thing-names.service.js';
import type { ActionLink, PageModel, SummaryRow } from '../../platform/web/pages/blocks.js';
import { projectTag } from '../asking/request-words.js';
import type { ProjectView } from './project.view.js';
import { PROJECTS_TRAIL } from './projects-trail.js';

/** What whoever reads the page may do with the project now. */
export interface ProjectRights {
  readonly mayEdit: boolean;
  readonly mayActivate: boolean;
  readonly mayClose: boolean;
  readonly mayChangeMembers: boolean;
}

export function presentProject(
  project: ProjectView,
  names: ThingNames,
  purposes: readonly string[],
  rights: ProjectRights,
): PageModel {
  const path = `/projects/${project.id}`;
  return {
    title: project.title,
    trail: [...PROJECTS_TRAIL, { text: project.reference, href: path }],
    tag: projectTag(project.status),
    blocks: [
      { kind: 'lead', text: project.summary },
      { kind: 'actions', links: actionsOf(project, rights) },
      { kind: 'summary', rows: aboutRows(project, names, purposes) },
      {
        kind: 'table',
        id: 'members',
        title: 'Members',
        columns: [
          { text: 'Person' },
          { text: 'Organisation' },
          { text: 'Place' },
          { text: 'Change' },
        ],
        rows: project.members.map(({ personId, organisationId, isLead }) => [
          { text: names.of(personId) },
          names.cell(organisationId),
          { text: isLead ? 'Lead' : 'Member' },
          rights.mayChangeMembers && !isLead
            ? { text: `Take ${names.of(personId)} out`, href: `${path}/members/${personId}/remove` }
            : { text: '' },
        ]),
        empty: 'Nobody is in it.',
      },
    ],
  };
}

function actionsOf({ id, status }: ProjectView, rights: ProjectRights): readonly ActionLink[] {
  const path = `/projects/${id}`;
  const isOpen = status !== 'closed';
  return [
    ...(rights.mayActivate && status === 'draft'
      ? [{ text: 'Activate', href: `${path}/activate` }]
      : []),
    ...(rights.mayEdit
      ? [
          {
            text: isOpen ? 'Change' : 'Add outputs',
            href: `${path}/edit`,
            kind: 'secondary',
          } as const,
        ]
      : []),
    ...(rights.mayChangeMembers && isOpen
      ? [{ text: 'Add a member', href: `${path}/members/new`, kind: 'secondary' } as const]
      : []),
    ...(rights.mayClose && status === 'active'
      ? [{ text: 'Close', href: `${path}/close`, kind: 'warning' } as const]
      : []),
  ];
}

function aboutRows(
  project: ProjectView,
  names: ThingNames,
  purposes: readonly string[],
): readonly SummaryRow[] {
  const optional = (key: string, text: string | null): [string, SummaryRow['value']][] =>
    text === null ? [] : [[key, { text }]];
  const rows: [string, SummaryRow['value']][] = [
    ['Reference', { text: project.reference }],
    ['Lead organisation', names.cell(project.organisationId)],
    ['Purposes', { text: purposes.join(', ') }],
    ['First day', { day: project.startsOn }],
    ['Last day', { day: project.endsOn }],
    ['Public benefit', { text: project.publicBenefit }],
    ...optional('Technical summary', project.technicalSummary),
    [
      'Ethics',
      {
        text: project.ethicsApproved
          ? `Approved, ${project.ethicsReference ?? ''}`
          : 'Not approved',
      },
    ],
    ...optional('Funders', project.funders.length === 0 ? null : project.funders.join(', ')),
    ...optional('Use by others', project.sublicences),
    ...optional('Other data', project.otherDatasets),
    ...optional('Others who work on it', project.otherApplicants),
    ...project.outputs.map((href): [string, SummaryRow['value']] => [
      'Output',
      { text: href, href },
    ]),
  ];
  return rows.map(([key, value]) => ({ key, value }));
}
