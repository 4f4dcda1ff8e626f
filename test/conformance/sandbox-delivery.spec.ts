import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startS3Server, type S3Server } from '../../sandbox/s3-server/s3-server.js';
import { deliveryConformance } from './delivery.conformance.js';

const dataDir = mkdtempSync(join(tmpdir(), 'concordat-delivery-'));
const credentials = { accessKeyId: 'OWNERKEY', secretAccessKey: 'owner-secret' };
let server: S3Server | undefined;

deliveryConformance('sandbox', async () => {
  const region = 'eu-west-2';
  server = await startS3Server({
    dataDir,
    port: 0,
    region,
    buckets: ['partner'],
    credentials: [credentials],
    roles: [{ arn: 'arn:aws:iam:::role/concordat-read', accessKeyId: 'OWNERKEY' }],
  });
  return {
    endpoint: server.endpoint,
    publicEndpoint: server.endpoint,
    region,
    bucket: 'partner',
    addressing: 'path',
    sts: { endpoint: server.endpoint, roleArn: 'arn:aws:iam:::role/concordat-read' },
    ...credentials,
  };
});

afterAll(async () => {
  await server?.close();
  rmSync(dataDir, { recursive: true });
});
