import base from '../jest.config.js';

/** The tests that need Chromium and the compiled style sheet: `npm run test:browser`. */
export default {
  ...base,
  rootDir: '..',
  testMatch: ['<rootDir>/test/browser/**/*.browser.ts'],
  maxWorkers: 2,
  testTimeout: 60_000,
};
