import { faultOf, MAX_ATTEMPTS, retryDelayMs } from './delivery.rules.js';

const MINUTE = 60_000;

describe('the next attempt', () => {
  it.each([
    [1, 1],
    [2, 2],
    [5, 16],
    [9, 256],
    [10, 360],
    [12, 360],
  ])('after number %i comes %i minutes later', (attempts, minutes) => {
    expect(retryDelayMs(attempts)).toBe(minutes * MINUTE);
  });

  it('is the last within about a day', () => {
    const all = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, at) => retryDelayMs(at + 1));
    const hours = all.reduce((sum, delay) => sum + delay) / 3_600_000;
    expect(hours).toBeGreaterThan(12);
    expect(hours).toBeLessThan(36);
  });
});

describe('a fault', () => {
  it.each([
    [
      'an unknown address',
      { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' },
      { code: 'EENVELOPE 550', isFinal: true, isOfServer: false },
    ],
    [
      'a full mailbox',
      { code: 'EENVELOPE', responseCode: 452, command: 'RCPT TO' },
      { code: 'EENVELOPE 452', isFinal: false, isOfServer: false },
    ],
    [
      'a wrong password',
      { code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' },
      { code: 'EAUTH 535', isFinal: false, isOfServer: true },
    ],
    [
      'nobody there',
      { code: 'ESOCKET', command: 'CONN' },
      { code: 'ESOCKET', isFinal: false, isOfServer: true },
    ],
    [
      'what names somebody where a code should be',
      { code: 'no person@example.org here' },
      { code: 'unknown', isFinal: false, isOfServer: true },
    ],
    ['no error at all', undefined, { code: 'unknown', isFinal: false, isOfServer: true }],
  ])('%s', (_, error, fault) => {
    expect(faultOf(error)).toEqual(fault);
  });
});
