import { formField, termsFrom, typedFrom, type TermField } from './term-fields.js';

const FIELDS: readonly TermField[] = [
  { name: 'title', label: 'Title', kind: 'text' },
  { name: 'startsOn', label: 'First day', kind: 'day' },
  { name: 'purposes', label: 'Purposes', kind: 'many', items: [{ value: 'a', text: 'A' }] },
  { name: 'maxBytes', label: 'Bytes', kind: 'whole' },
  { name: 'dpop', label: 'Bound to a key', kind: 'flag' },
  { name: 'countries', label: 'Countries', kind: 'lines' },
  { name: 'dpia.status', label: 'Assessment', kind: 'one', items: [{ value: 'a', text: 'A' }] },
  { name: 'dpia.reason', label: 'Reason', kind: 'area' },
  { name: 'fields', label: 'Columns', kind: 'reasons' },
];
const TERMS = {
  title: 'Streets',
  startsOn: '2027-04-05',
  purposes: ['a'],
  maxBytes: 1000,
  dpop: false,
  countries: ['GB', 'FR'],
  dpia: { status: 'approved', reason: 'None is personal' },
  fields: [{ name: 'place', reason: 'To map it: by street' }],
};

describe('the form of some terms', () => {
  it('holds what the terms say, and gives it back as it was', () => {
    expect(termsFrom(FIELDS, typedFrom(FIELDS, TERMS))).toEqual(TERMS);
  });

  it('says of what was left out that it is no more, and of lists that they are empty', () => {
    expect(termsFrom(FIELDS, {})).toEqual({
      title: null,
      startsOn: null,
      purposes: [],
      maxBytes: null,
      dpop: null,
      countries: null,
      dpia: { status: null, reason: null },
      fields: [],
    });
  });

  it('keeps what is no number, for the rules to refuse', () => {
    const [bytes = FIELDS[0]] = FIELDS.filter(({ name }) => name === 'maxBytes');
    expect(termsFrom(bytes ? [bytes] : [], { maxBytes: '12 GB' })).toEqual({ maxBytes: '12 GB' });
  });

  it('shows few choices at once and many as a list, with none chosen', () => {
    const many = Array.from({ length: 8 }, (_, at) => ({ value: String(at), text: String(at) }));
    const field = { name: 'kind', label: 'Kind', kind: 'one' } as const;
    expect(formField({ ...field, items: many.slice(1) })).toMatchObject({ type: 'radio' });
    const list = formField({ ...field, items: many });
    expect(list).toMatchObject({ type: 'select' });
    expect('items' in list ? list.items[0] : undefined).toEqual({ value: '', text: 'Choose' });
  });
});
