import type { ExportRow } from '../export.types.js';
import type { PackDocuments, VersionRow } from './pack-documents.repository.js';

type Entity = Readonly<Record<string, unknown>>;

const COMPLETED = 'http://schema.org/CompletedActionStatus';
const FILES = [
  ['events.jsonl', 'The events', 'application/x-ndjson'],
  ['checkpoint', 'The signed head of the log', 'text/plain'],
  ['vkey', 'The keys of the log', 'text/plain'],
  ['jwks.json', 'The keys of the sign-offs', 'application/jwk-set+json'],
] as const;

/**
 * What the pack is, for machines: who shared with whom, under which signed version, and who signed it.
 * @see https://w3id.org/5s-crate/0.4
 */
export function roCrate(
  { id, count, createdAt }: Pick<ExportRow, 'id' | 'count' | 'createdAt'>,
  { grant, accessRequest, versions }: PackDocuments,
  publicUrl: string,
): Entity {
  const papers = [
    ...FILES,
    ...(grant ? [['grant.json', 'The grant', 'application/json'] as const] : []),
    ...(accessRequest
      ? [['access-request.json', 'The request and its decisions', 'application/json'] as const]
      : []),
    ...versions.map(
      ({ version }) =>
        [
          `agreement/${String(version)}/document.json`,
          `Version ${String(version)} of the agreement`,
          'application/json',
        ] as const,
    ),
  ].map(([path, name, encodingFormat]) => ({
    '@id': path,
    '@type': 'File',
    name,
    encodingFormat,
  }));
  const actions = versions.flatMap((version) => signOffsOf(version, publicUrl));
  const root = {
    '@id': './',
    '@type': 'Dataset',
    conformsTo: { '@id': 'https://w3id.org/5s-crate/0.4' },
    identifier: `urn:uuid:${id}`,
    name: 'Evidence pack',
    description: `${String(count)} events of the audit trail of ${publicUrl}, with their proofs`,
    datePublished: createdAt.toISOString(),
    license: 'Not for publication: for whoever it was given to',
    hasPart: papers.map(reference),
    mentions: actions.map(reference),
  };
  const descriptor = {
    '@id': 'ro-crate-metadata.json',
    '@type': 'CreativeWork',
    conformsTo: { '@id': 'https://w3id.org/ro/crate/1.2' },
    about: { '@id': './' },
  };
  return {
    '@context': 'https://w3id.org/ro/crate/1.2/context',
    '@graph': [descriptor, root, ...papers, ...actions],
  };
}

function signOffsOf(
  { agreementId, version, versionHash, signOffs }: VersionRow,
  publicUrl: string,
): readonly (Entity & { readonly '@id': string })[] {
  return signOffs.map(({ organisationId, signedAt }, at) => ({
    '@id': `#sign-off-${String(version)}-${String(at + 1)}`,
    '@type': 'AssessAction',
    additionalType: { '@id': 'https://w3id.org/shp#SignOff' },
    name: `Sign-off of version ${String(version)}, ${versionHash}`,
    agent: { '@id': `urn:uuid:${organisationId}` },
    instrument: {
      '@id': `${publicUrl}/api/v1/agreements/${agreementId}?version=${String(version)}`,
    },
    object: { '@id': './' },
    endTime: signedAt,
    actionStatus: COMPLETED,
  }));
}

function reference({ '@id': id }: { readonly '@id': string }): Entity {
  return { '@id': id };
}
