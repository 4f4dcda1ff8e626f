import { Generator, weighted } from './generator.js';
import { madeFile, type SeedFile } from './made-file.js';

export const STOP_SEARCH_FIELDS = [
  'Type',
  'Date',
  'Part of a policing operation',
  'Policing operation',
  'Latitude',
  'Longitude',
  'Gender',
  'Age range',
  'Self-defined ethnicity',
  'Officer-defined ethnicity',
  'Legislation',
  'Object of search',
  'Outcome',
  'Outcome linked to object of search',
  'Removal of more than just outer clothing',
] as const;

/** Month, force and number of searches of each file: those of the published series. */
const STOP_SEARCH_FILES: readonly (readonly [month: string, force: string, rows: number])[] = [
  ['2016-06', 'metropolitan', 10_490],
  ['2019-01', 'city-of-london', 153],
  ['2019-01', 'metropolitan', 17_988],
  ['2019-02', 'city-of-london', 147],
  ['2019-02', 'metropolitan', 18_402],
  ['2019-03', 'city-of-london', 130],
  ['2019-04', 'city-of-london', 185],
  ['2019-05', 'city-of-london', 162],
  ['2019-06', 'city-of-london', 167],
  ['2019-07', 'city-of-london', 190],
  ['2019-08', 'city-of-london', 336],
  ['2019-09', 'city-of-london', 197],
  ['2019-10', 'city-of-london', 263],
  ['2019-11', 'city-of-london', 307],
  ['2019-12', 'city-of-london', 292],
  ['2022-09', 'metropolitan', 12_447],
];

const TYPES = weighted({
  'Person search': 468,
  'Person and Vehicle search': 142,
  'Vehicle search': 8,
});
const GENDERS = weighted({ Male: 568, Female: 44, Other: 1 });
const AGES = weighted({
  '18-24': 214,
  '25-34': 137,
  'over 34': 107,
  '10-17': 103,
  '': 57,
});
const ETHNICITIES = weighted({
  'Other ethnic group - Not stated': 116,
  'White - English/Welsh/Scottish/Northern Irish/British': 125,
  'White - Any other White background': 79,
  'Black/African/Caribbean/Black British - Any other Black/African/Caribbean background': 75,
  'Black/African/Caribbean/Black British - African': 54,
  'Black/African/Caribbean/Black British - Caribbean': 38,
  'Asian/Asian British - Any other Asian background': 38,
  'Asian/Asian British - Bangladeshi': 22,
  'Other ethnic group - Any other ethnic group': 14,
});
const OFFICER_ETHNICITIES = weighted({ White: 250, Black: 233, Asian: 98, Other: 24, '': 13 });
const OUTCOMES = weighted({
  'A no further action disposal': 448,
  Arrest: 97,
  'Community resolution': 42,
  'Penalty Notice for Disorder': 12,
  'Summons / charged by post': 6,
  'Caution (simple or conditional)': 1,
});
const POWERS = weighted({ drugs: 371, goods: 230, disorder: 10, firearms: 5 });
const LEGISLATION: Readonly<Record<string, string>> = {
  drugs: 'Misuse of Drugs Act 1971 (section 23)',
  goods: 'Police and Criminal Evidence Act 1984 (section 1)',
  disorder: 'Criminal Justice and Public Order Act 1994 (section 60)',
  firearms: 'Firearms Act 1968 (section 47)',
};
const GOODS = weighted({
  'Offensive weapons': 96,
  'Stolen goods': 63,
  'Articles for use in criminal damage': 41,
  'Evidence of offences under the Act': 28,
});
const OBJECTS: Readonly<Record<string, string>> = {
  drugs: 'Controlled drugs',
  disorder: 'Anything to threaten or harm anyone',
  firearms: 'Firearms',
};

/** Files of the columns, row counts and line ends of the published series. No row in them ever happened. */
export function madeStopSearchFiles(prefix: string): readonly SeedFile[] {
  return STOP_SEARCH_FILES.map(([month, force, rows]) => {
    const name = `${month}-${force}-stop-and-search.csv`;
    return madeFile(`${prefix}${name}`, () => lines(name, month, force, rows));
  });
}

function* lines(
  name: string,
  month: string,
  force: string,
  rows: number,
): globalThis.Generator<string> {
  const random = new Generator(name);
  const end = month < '2019' ? '\n' : '\r\n';
  const start = Date.parse(`${month}-01T00:00:00Z`);
  // Every month of the series has at least 28 days; in time order, as published.
  const step = (28 * 86_400_000) / rows;
  yield `${STOP_SEARCH_FIELDS.join(',')}${end}`;
  for (let row = 0; row < rows; row += 1) {
    yield `${record(random, start + (row + random.next()) * step, force).join(',')}${end}`;
  }
}

function record(random: Generator, time: number, force: string): readonly string[] {
  const minute = Math.floor(time / 60_000) * 60_000;
  const type = random.pick(TYPES);
  const isOfPerson = type !== 'Vehicle search';
  const isPlaced = random.next() > 0.1;
  const power = random.pick(POWERS);
  const isCity = force === 'city-of-london';
  return [
    type,
    new Date(minute).toISOString().replace('.000Z', '+00:00'),
    isCity ? '' : 'False',
    '',
    isPlaced ? random.between(51.35, 51.65).toFixed(6) : '',
    isPlaced ? random.between(-0.45, 0.2).toFixed(6) : '',
    isOfPerson ? random.pick(GENDERS) : '',
    isOfPerson ? random.pick(AGES) : '',
    random.pick(ETHNICITIES),
    random.pick(OFFICER_ETHNICITIES),
    LEGISLATION[power] ?? '',
    OBJECTS[power] ?? random.pick(GOODS),
    random.pick(OUTCOMES),
    isCity ? flag(random, 0.33) : '',
    isCity ? flag(random, 0.04) : '',
  ];
}

function flag(random: Generator, share: number): string {
  return random.next() < share ? 'True' : 'False';
}
