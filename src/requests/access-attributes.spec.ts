import { impliedAccreditations } from './access-attributes.js';

describe('accreditations', () => {
  it.each([
    [[], []],
    [['dea_provisional'], ['dea_provisional']],
    [['dea_full'], ['dea_full', 'dea_provisional']],
    [
      ['dea_provisional', 'dea_full'],
      ['dea_provisional', 'dea_full'],
    ],
    [['other'], ['other']],
  ])('%j count as %j', (held, expected) => {
    expect(impliedAccreditations(held)).toEqual(expected);
  });
});
