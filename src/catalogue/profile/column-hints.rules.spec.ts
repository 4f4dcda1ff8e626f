import { hintOf, proposedClass, proposedSensitivity } from './column-hints.rules.js';

describe('what the name of a column says', () => {
  it.each([
    ['nhs_number', 'direct', 'special'],
    ['NHSNumber', 'direct', 'special'],
    ['nhs no.', 'direct', 'special'],
    ['E-mail', 'direct', 'personal'],
    ['contactEmailAddress', 'direct', 'personal'],
    ['first name', 'direct', 'personal'],
    ['Surname', 'direct', 'personal'],
    ['NI_number', 'direct', 'personal'],
    ['tenant_id', 'direct', 'personal'],
    ['date_of_birth', 'quasi', 'personal'],
    ['DOB', 'quasi', 'personal'],
    ['Post Code', 'quasi', 'personal'],
    ['home_postcode', 'quasi', 'personal'],
    ['age_band', 'quasi', 'personal'],
    ['ethnicity', 'sensitive', 'special'],
    ['primary_diagnosis', 'sensitive', 'special'],
    ['Latitude', 'quasi', null],
  ])('%s is %s, and needs %s', (name, code, sensitivity) => {
    expect(hintOf(name)).toMatchObject({ class: code, sensitivity });
  });

  it.each([
    'count',
    'pm10',
    'page',
    'sexton_road',
    'average',
    'species',
    'imaging',
    '',
    '__proto__',
  ])('nothing in %j', (name) => {
    expect(hintOf(name)).toBeUndefined();
  });
});

describe('a proposal is never less careful than what the owner said', () => {
  it.each([
    ['other', 'postcode', 'quasi'],
    ['direct', 'postcode', 'direct'],
    ['sensitive', 'postcode', 'sensitive'],
    ['quasi', 'nhs_number', 'direct'],
    ['other', 'count', 'other'],
    ['a_later_term', 'nhs_number', 'a_later_term'],
    [undefined, 'postcode', 'quasi'],
    // Unset counts as the most telling one.
    [undefined, 'count', 'direct'],
  ])('%s and a column %s are %s', (declared, name, proposed) => {
    expect(proposedClass(declared, hintOf(name))).toBe(proposed);
  });

  it.each([
    ['public', ['count', 'postcode'], 'personal'],
    ['internal', ['postcode', 'nhs_number'], 'special'],
    ['special', ['postcode'], 'special'],
    ['personal', ['count'], 'personal'],
    ['public', ['latitude'], 'public'],
    ['a_later_term', ['nhs_number'], 'a_later_term'],
  ])('%s data with %j is %s', (declared, names, proposed) => {
    expect(proposedSensitivity(declared, names.map(hintOf))).toBe(proposed);
  });
});
