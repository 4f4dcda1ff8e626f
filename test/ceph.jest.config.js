import base from '../jest.config.js';

/** The tests that need a real Ceph store; `npm run test:ceph` starts one. */
export default {
  ...base,
  rootDir: '..',
  testMatch: ['<rootDir>/test/**/*.ceph.ts'],
  maxWorkers: 1,
  testTimeout: 60_000,
};
