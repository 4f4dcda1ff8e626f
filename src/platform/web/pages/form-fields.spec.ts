import { choicesOf, dayFields, dayOf, linesOf, textOf } from './form-fields.js';

describe('the fields of a form', () => {
  it('are their text without the spaces around it, and nothing when there is none', () => {
    const form = { name: '  Footfall ', empty: '   ', twice: ['one', 'two'] };
    expect(textOf(form, 'name')).toBe('Footfall');
    expect(textOf(form, 'empty')).toBeUndefined();
    expect(textOf(form, 'absent')).toBeUndefined();
    expect(textOf(form, 'twice')).toBe('one');
    expect(textOf(form, 'toString')).toBeUndefined();
  });

  it('are a list where one may be chosen or several', () => {
    expect(choicesOf({ modes: 'stream' }, 'modes')).toEqual(['stream']);
    expect(choicesOf({ modes: ['stream', '', 'feed'] }, 'modes')).toEqual(['stream', 'feed']);
    expect(choicesOf({}, 'modes')).toEqual([]);
  });

  it('are a list where each line is one', () => {
    expect(linesOf({ outputs: ' https://a.example \r\n\r\nhttps://b.example' }, 'outputs')).toEqual(
      ['https://a.example', 'https://b.example'],
    );
  });

  it.each([
    [['5', '4', '2027'], '2027-04-05'],
    [['05', '04', '2027'], '2027-04-05'],
    [['31', '2', '2027'], '2027-02-31'],
    [['', '4', '2027'], '2027-04-00'],
    [['a', 'b', 'c'], 'c-0b-0a'],
    [['', ' ', ''], undefined],
  ])('are a day of three parts: %j', ([day = '', month = '', year = ''], expected) => {
    const form = { 'endsOn-day': day, 'endsOn-month': month, 'endsOn-year': year };
    expect(dayOf(form, 'endsOn')).toBe(expected);
  });

  it('show a day in its three parts', () => {
    expect(dayFields('endsOn', '2027-04-05')).toEqual({
      'endsOn-day': '5',
      'endsOn-month': '4',
      'endsOn-year': '2027',
    });
    expect(textOf(dayFields('endsOn', null), 'endsOn-day')).toBeUndefined();
  });
});
