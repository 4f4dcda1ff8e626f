import { afterAnswer, CLOSED, isAdmitted, type Breaker } from './breaker.rules.js';

const fail = (times: number, from: Breaker = CLOSED, now = 0): Breaker =>
  Array.from({ length: times }).reduce<Breaker>(
    (breaker) => afterAnswer(breaker, 'ill', now),
    from,
  );

describe('a store that does not answer', () => {
  it('is asked until it has failed five times in a row', () => {
    expect(isAdmitted(fail(4), 0)).toBe(true);
    expect(isAdmitted(fail(5), 0)).toBe(false);
    expect(isAdmitted(fail(4, afterAnswer(fail(4), 'well', 0)), 0)).toBe(true);
  });

  it('is tried by one after five seconds', () => {
    const open = fail(5);
    expect([isAdmitted(open, 4_999), isAdmitted(open, 5_000)]).toEqual([false, true]);
    expect(isAdmitted({ ...open, state: 'trying' }, 9_999)).toBe(false);
  });

  it('is asked by all again once it answers', () => {
    expect(afterAnswer({ ...fail(5), state: 'trying' }, 'well', 5_000)).toEqual(CLOSED);
  });

  it('is left alone twice as long after each try that fails, and a minute at most', () => {
    let breaker = fail(5);
    const waits: number[] = [];
    while (waits.length < 6) {
      const now = breaker.openUntil;
      breaker = afterAnswer({ ...breaker, state: 'trying' }, 'ill', now);
      waits.push(breaker.openUntil - now);
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  it('may be tried by the next when whoever tried gave up', () => {
    const gaveUp = afterAnswer({ ...fail(5), state: 'trying' }, 'neutral', 6_000);
    expect(isAdmitted(gaveUp, 6_000)).toBe(true);
  });

  it('is not left alone longer for those who were under way when it was cut off', () => {
    expect(fail(20, fail(5), 3_000)).toEqual(fail(5));
  });
});
