import base from '../jest.config.js';

/** The sandbox as `npm start` runs it, and workers as an operator does, from the build: `npm run build` first, then `npm run test:sandbox`. */
export default {
  ...base,
  rootDir: '..',
  testMatch: ['<rootDir>/test/sandbox/**/*.sandbox.ts'],
  maxWorkers: 2,
  testTimeout: 120_000,
};
