import type { Type } from '@nestjs/common';
import { isConcordatError } from '../kernel/errors.js';
import { ReasonDto } from '../platform/web/fields.js';
import { validationPipe } from '../platform/web/validation.js';
import {
  AccessDecisionDto,
  AccessRequestDto,
  SubmitAccessRequestDto,
} from './access-request.dto.js';
import { ProjectDto } from './projects/project.dto.js';

const ID = '01990000-0000-7000-8000-0000000000a1';
const PROJECT = {
  organisationId: ID,
  title: 'Where people walk',
  summary: 'Counts.',
  publicBenefit: 'Safer crossings.',
  purposes: ['p'],
  startsOn: '2026-06-15',
  endsOn: '2027-06-14',
  ethicsApproved: false,
};
const REQUEST = {
  projectId: ID,
  datasetId: ID,
  agreementId: ID,
  purpose: 'p',
  justification: 'To count.',
  until: '2026-08-14',
  frequency: 'one_off',
  conflict: false,
};
const words = (count: number): string => 'because '.repeat(count);
const DECISION = { decision: 'approved', reason: 'It fits.' };

/** The pointers of what is wrong. */
async function faultsOf(metatype: Type, body: object): Promise<readonly string[]> {
  try {
    await validationPipe.transform(body, { type: 'body', metatype });
    return [];
  } catch (error) {
    return isConcordatError(error, 'input_invalid')
      ? [...new Set(error.fields.errors?.map(({ pointer }) => pointer))]
      : [String(error)];
  }
}

it.each<[string, Type, object, readonly string[]]>([
  ['a project', ProjectDto, PROJECT, []],
  ['a field nobody knows', ProjectDto, { ...PROJECT, status: 'active' }, ['/status']],
  ['a title of spaces', ProjectDto, { ...PROJECT, title: '   ' }, ['/title']],
  ['no purpose', ProjectDto, { ...PROJECT, purposes: [] }, ['/purposes']],
  ['a purpose twice', ProjectDto, { ...PROJECT, purposes: ['p', 'p'] }, ['/purposes']],
  ['the year 0', ProjectDto, { ...PROJECT, startsOn: '0000-01-01' }, ['/startsOn']],
  ['30 February', ProjectDto, { ...PROJECT, endsOn: '2027-02-30' }, ['/endsOn']],
  [
    'approval without its reference',
    ProjectDto,
    { ...PROJECT, ethicsApproved: true },
    ['/ethicsReference'],
  ],
  ['301 words of summary', ProjectDto, { ...PROJECT, summary: words(301) }, ['/summary']],
  ['300 words of summary', ProjectDto, { ...PROJECT, summary: words(300) }, []],
  [
    'an essay of a benefit',
    ProjectDto,
    { ...PROJECT, publicBenefit: words(1_001) },
    ['/publicBenefit'],
  ],
  [
    'what the register tells of it',
    ProjectDto,
    {
      ...PROJECT,
      funders: ['A council'],
      sublicences: 'None.',
      otherDatasets: 'The census.',
      otherApplicants: 'Two students.',
      outputs: ['https://example.org/paper'],
    },
    [],
  ],
  [
    'an output that no browser follows',
    ProjectDto,
    { ...PROJECT, outputs: ['file:///etc'] },
    ['/outputs'],
  ],
  [
    'an output that is none',
    ProjectDto,
    { ...PROJECT, outputs: 'https://example.org' },
    ['/outputs'],
  ],
  ['a reason of spaces', ReasonDto, { reason: ' ' }, ['/reason']],
  ['a request', AccessRequestDto, REQUEST, []],
  ['an id that is none', AccessRequestDto, { ...REQUEST, datasetId: '1' }, ['/datasetId']],
  [
    'an instant for a day',
    AccessRequestDto,
    { ...REQUEST, until: '2026-08-14T00:00Z' },
    ['/until'],
  ],
  ['a mode nobody has', AccessRequestDto, { ...REQUEST, delivery: 'ftp' }, ['/delivery']],
  [
    'a conflict without a word',
    AccessRequestDto,
    { ...REQUEST, conflict: true },
    ['/conflictText'],
  ],
  [
    'a requester of one’s choice',
    AccessRequestDto,
    { ...REQUEST, requesterId: ID },
    ['/requesterId'],
  ],
  [
    'a hash in capitals',
    SubmitAccessRequestDto,
    { versionHash: `sha-256:${'A'.repeat(64)}` },
    ['/versionHash'],
  ],
  ['a decision', AccessDecisionDto, DECISION, []],
  ['a thousand words of a decision', AccessDecisionDto, { ...DECISION, reason: words(1_000) }, []],
  ['one word more', AccessDecisionDto, { ...DECISION, reason: words(1_001) }, ['/reason']],
  [
    'more than an event can carry',
    AccessDecisionDto,
    { ...DECISION, reason: '\u{1F600}'.repeat(4_200) },
    ['/reason'],
  ],
  [
    'a thousand and one words of why',
    AccessRequestDto,
    { ...REQUEST, justification: words(1_001) },
    ['/justification'],
  ],
  ['a decision without a reason', AccessDecisionDto, { ...DECISION, reason: '' }, ['/reason']],
  [
    'more characters than a thousand words have',
    AccessDecisionDto,
    { ...DECISION, reason: 'x'.repeat(10_001) },
    ['/reason'],
  ],
  ['another decision', AccessDecisionDto, { ...DECISION, decision: 'maybe' }, ['/decision']],
])('%s', async (_, metatype, body, faults) => {
  expect(await faultsOf(metatype, body)).toEqual(faults);
});
