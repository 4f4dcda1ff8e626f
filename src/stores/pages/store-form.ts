import type { Field } from '../../platform/web/pages/blocks.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import type { FormFields } from '../../platform/web/pages/form-input.js';

/** What the form of a store calls its fields. */
export const STORE_LABELS: Readonly<Record<string, string>> = {
  name: 'Name',
  endpoint: 'Endpoint',
  publicEndpoint: 'Endpoint for links that are handed out (optional)',
  region: 'Region',
  bucket: 'Bucket',
  addressing: 'How the bucket is addressed',
  'credentials.accessKeyId': 'Access key id',
  'credentials.secretAccessKey': 'Secret access key',
  'sts.endpoint': 'Endpoint of its STS (optional)',
  'sts.roleArn': 'Role of its STS (only with an endpoint)',
  'accessLog.bucket': 'Bucket of its access log (optional)',
  'accessLog.prefix': 'Prefix of its access log (optional)',
};
export const STORE_SECRETS: readonly string[] = ['credentials.secretAccessKey'];

export const CREDENTIAL_FIELDS: readonly Field[] = [
  {
    type: 'text',
    name: 'credentials.accessKeyId',
    hint: 'Of a key that may list and read, and nothing else',
  },
  {
    type: 'secret',
    name: 'credentials.secretAccessKey',
    hint: 'It is sealed, and never shown again',
  },
];
const LOG_FIELDS: readonly Field[] = [
  { type: 'text', name: 'accessLog.bucket' },
  { type: 'text', name: 'accessLog.prefix' },
];
export const STORE_FIELDS: readonly Field[] = [
  { type: 'text', name: 'name' },
  { type: 'text', name: 'endpoint', hint: 'For example, https://s3.eu-west-2.amazonaws.com' },
  { type: 'text', name: 'publicEndpoint' },
  { type: 'text', name: 'region', hint: 'For example, eu-west-2' },
  { type: 'text', name: 'bucket' },
  {
    type: 'radio',
    name: 'addressing',
    items: [
      { value: 'path', text: 'In the path: https://host/bucket' },
      { value: 'virtual', text: 'In the host: https://bucket.host' },
    ],
  },
  { type: 'heading', text: 'Keys' },
  ...CREDENTIAL_FIELDS,
  { type: 'heading', text: 'Short-lived keys for researchers' },
  { type: 'text', name: 'sts.endpoint' },
  { type: 'text', name: 'sts.roleArn' },
  { type: 'heading', text: 'Access log' },
  {
    type: 'note',
    text: 'Where the store writes who read what. It is compared with what was granted: a read that nothing explains is told to you.',
  },
  ...LOG_FIELDS,
];

/** What the API would be sent. */
export function storeFrom(typed: FormFields, organisationId: string | undefined): object {
  return {
    organisationId,
    name: textOf(typed, 'name') ?? '',
    endpoint: textOf(typed, 'endpoint') ?? '',
    publicEndpoint: textOf(typed, 'publicEndpoint'),
    region: textOf(typed, 'region') ?? '',
    bucket: textOf(typed, 'bucket') ?? '',
    addressing: textOf(typed, 'addressing'),
    credentials: credentialsFrom(typed),
    sts: groupFrom(typed, 'sts', ['endpoint', 'roleArn']),
    // A log at the top of its bucket has an empty prefix.
    accessLog: groupFrom(typed, 'accessLog', ['bucket', 'prefix']),
  };
}

export function credentialsFrom(typed: FormFields): object {
  return {
    accessKeyId: textOf(typed, 'credentials.accessKeyId') ?? '',
    secretAccessKey: textOf(typed, 'credentials.secretAccessKey') ?? '',
  };
}

/** Nothing of a group, or all of it. */
function groupFrom(typed: FormFields, group: string, names: readonly string[]): object | undefined {
  const members = names.map((name) => [name, textOf(typed, `${group}.${name}`)] as const);
  return members.every(([, text]) => text === undefined)
    ? undefined
    : Object.fromEntries(members.map(([name, text]) => [name, text ?? '']));
}
