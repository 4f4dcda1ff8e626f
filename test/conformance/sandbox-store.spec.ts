import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startS3Server, type S3Server } from '../../sandbox/s3-server/s3-server.js';
import { objectStoreConformance } from './object-store.conformance.js';

const dataDir = mkdtempSync(join(tmpdir(), 'concordat-store-'));
let server: S3Server | undefined;

objectStoreConformance('sandbox', async () => {
  server = await startS3Server({
    dataDir,
    port: 0,
    region: 'eu-west-2',
    buckets: ['partner'],
    credentials: [{ accessKeyId: 'OWNERKEY', secretAccessKey: 'owner-secret' }],
    roles: [{ arn: 'arn:aws:iam:::role/concordat-read', accessKeyId: 'OWNERKEY' }],
  });
  return {
    endpoint: server.endpoint,
    publicEndpoint: server.endpoint,
    region: 'eu-west-2',
    bucket: 'partner',
    addressing: 'path',
    accessKeyId: 'OWNERKEY',
    secretAccessKey: 'owner-secret',
    sts: { endpoint: server.endpoint, roleArn: 'arn:aws:iam:::role/concordat-read' },
  };
});

afterAll(async () => {
  await server?.close();
  rmSync(dataDir, { recursive: true });
});
