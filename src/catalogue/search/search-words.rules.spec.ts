import { codeOfPlace, readWords } from './search-words.rules.js';

const CAMDEN = { name: 'camden', code: 'E09000007' };
const BOTH = { name: 'Kensington and Chelsea', code: 'E09000020' };

describe('what somebody typed', () => {
  it.each([
    ['air quality', { words: 'air quality', beginnings: [], places: [] }],
    ['air qual*', { words: 'air', beginnings: ['qual'], places: [] }],
    ['a* ** *b c*d', { words: 'a* ** *b c*d', beginnings: [], places: [] }],
    ['air camden', { words: 'air', beginnings: [], places: [CAMDEN] }],
    ['Kensington and Chelsea air', { words: 'air', beginnings: [], places: [BOTH] }],
    ['-camden', { words: '-camden', beginnings: [], places: [] }],
    ['"air in camden"', { words: '"air in camden"', beginnings: [], places: [] }],
    ['-"air camden" qual*', { words: '-"air camden"', beginnings: ['qual'], places: [] }],
    ['"air camden', { words: '"air camden', beginnings: [], places: [] }],
    ['air or camden', { words: 'air or camden', beginnings: [], places: [] }],
    ['', { words: '', beginnings: [], places: [] }],
  ])('%j is taken apart', (text, parts) => {
    expect(readWords(text)).toEqual(parts);
  });

  it('names a place by its code or its name', () => {
    expect(codeOfPlace('E09000007')).toBe('E09000007');
    expect(codeOfPlace('CAMDEN')).toBe('E09000007');
    expect(codeOfPlace('Atlantis')).toBeUndefined();
    expect(codeOfPlace('__proto__')).toBeUndefined();
  });
});
