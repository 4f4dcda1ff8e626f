import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { cephLocation } from '../support/ceph-location.js';
import { storeFolder } from '../support/store-folder.js';
import { describeObjectFolder } from './object-folder.conformance.js';

describe('a bucket of Ceph keeps objects', () => {
  const location = cephLocation('log');
  let prefix: string;

  beforeAll(async () => {
    const { endpoint, region, accessKeyId, secretAccessKey, bucket } = location;
    const credentials = { accessKeyId, secretAccessKey };
    const sdk = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await sdk.send(new CreateBucketCommand({ Bucket: bucket }));
    sdk.destroy();
  });
  beforeEach(() => {
    prefix = `${randomBytes(6).toString('hex')}/`;
  });

  describeObjectFolder(() => storeFolder(location, prefix));
});
