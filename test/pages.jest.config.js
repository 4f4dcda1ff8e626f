import base from './browser.jest.config.js';

/** Every page that anybody reaches: `npm run test:pages`. It looks at each with axe, and takes minutes. */
export default { ...base, testMatch: ['<rootDir>/test/browser/**/*.pages.ts'] };
