import type { StoreLocation } from '../../src/platform/object-store/store-location.js';

/** The Ceph store that `.ci/ceph up` started. */
export function cephLocation(bucket: string): StoreLocation {
  const setting = (name: string): string => {
    const value = process.env[name];
    if (value === undefined) {
      throw new Error(`${name} is missing: run these tests with npm run test:ceph`);
    }
    return value;
  };
  return {
    endpoint: setting('CEPH_ENDPOINT'),
    publicEndpoint: setting('CEPH_ENDPOINT'),
    region: setting('CEPH_REGION'),
    accessKeyId: setting('CEPH_ACCESS_KEY_ID'),
    secretAccessKey: setting('CEPH_SECRET_ACCESS_KEY'),
    bucket,
    addressing: 'path',
    sts: { endpoint: setting('CEPH_ENDPOINT'), roleArn: setting('CEPH_STS_ROLE_ARN') },
  };
}
