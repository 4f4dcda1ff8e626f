import { QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { isDatabaseUnavailable } from './database-unavailable.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('that the database is away', () => {
  it.each([
    ['a lost connection', coded('08006'), true],
    ['a shutdown', coded('57P01'), true],
    ['too many connections', coded('53300'), true],
    ['a deadlock', coded('40P01'), true],
    ['a lock not to be had', coded('55P03'), true],
    ['a transaction out of time', coded('25P04'), true],
    ['a refused socket', coded('ECONNREFUSED'), true],
    [
      'a pool without a free connection',
      new Error('timeout exceeded when trying to connect'),
      true,
    ],
    ['a transaction whose connection died', new QueryRunnerProviderAlreadyReleasedError(), true],
    ['an error of both addresses of a host', new AggregateError([coded('ECONNREFUSED')]), true],
    [
      'a wrapped driver error',
      Object.assign(new Error('q'), { driverError: coded('57P01') }),
      true,
    ],
    ['a cause', new Error('q', { cause: coded('08003') }), true],
    ['a broken unique rule', coded('23505'), false],
    ['a fault in the statement', coded('42601'), false],
    ['an error without a code', new Error('x'), false],
    ['no error', 'timeout', false],
  ])('is told for %s: %#', (_what, error, isAway) => {
    expect(isDatabaseUnavailable(error)).toBe(isAway);
  });

  it('ends its search in errors that cause each other', () => {
    const first = new Error('first');
    first.cause = new Error('second', { cause: first });
    expect(isDatabaseUnavailable(first)).toBe(false);
  });
});
