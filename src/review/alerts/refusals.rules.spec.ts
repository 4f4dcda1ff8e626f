import fc from 'fast-check';
import { BURST_MS, judgeRefusals, type Refusal } from './refusals.rules.js';

const START = Date.parse('2026-06-15T10:00:00Z');
const MINUTE = 60_000;
const LIMIT = 6;

const refusal = (minute: number, changes: Partial<Refusal> = {}): Refusal => ({
  at: new Date(START + minute * MINUTE),
  personId: 'p1',
  organisationIds: ['o1'],
  hiddenId: null,
  ...changes,
});
const burst = (count: number, everyMinutes: number, changes: Partial<Refusal> = {}) =>
  Array.from({ length: count }, (_, at) => refusal(at * everyMinutes, changes));
const guesses = (ids: readonly string[]) => ids.map((hiddenId, at) => refusal(at, { hiddenId }));
const said = (refusals: readonly Refusal[]) =>
  judgeRefusals(refusals, LIMIT).map(
    ({ rule, subject, day, found }) => `${rule} of ${subject.id} on ${day}: ${String(found)}`,
  );

describe('refusals', () => {
  it.each<[string, readonly Refusal[], readonly string[]]>([
    ['none', [], []],
    ['one too few', burst(5, 1), []],
    ['as many as it takes', burst(6, 1), ['refusals of p1 on 2026-06-15: 6']],
    ['as many, over exactly an hour', burst(6, 12), []],
    ['as many, in a minute less', burst(6, 11.8), ['refusals of p1 on 2026-06-15: 6']],
    ['many, all day, slowly', burst(50, 12), []],
    ['many, fast', burst(40, 1), ['refusals of p1 on 2026-06-15: 40']],
    ['more than an hour holds', burst(90, 1), ['refusals of p1 on 2026-06-15: 60']],
    [
      'of several people, none of them enough',
      [...burst(4, 1), ...burst(4, 1, { personId: 'p2' })],
      [],
    ],
    [
      'over midnight in London, of the day on which it was enough',
      burst(8, 1).map((one) => ({ ...one, at: new Date(one.at.getTime() + 776 * MINUTE) })),
      ['refusals of p1 on 2026-06-16: 8'],
    ],
    ['of four hidden things', guesses(['a', 'b', 'c', 'd', 'd']), []],
    [
      'of five hidden things',
      guesses(['a', 'b', 'c', 'd', 'e']),
      ['guessing of p1 on 2026-06-15: 5'],
    ],
    [
      'of an organisation, by three of its people',
      ['p1', 'p2', 'p3'].flatMap((personId) => burst(10, 1, { personId, organisationIds: ['o9'] })),
      [
        ...['p1', 'p2', 'p3'].map((id) => `refusals of ${id} on 2026-06-15: 10`),
        'refusals of o9 on 2026-06-15: 30',
      ],
    ],
    [
      'of an organisation, by two of its people alone',
      ['p1', 'p2']
        .flatMap((personId) => burst(5, 1, { personId }))
        .concat(burst(30, 1, { personId: 'p2' })),
      ['refusals of p2 on 2026-06-15: 35'],
    ],
  ])('%s', (_, refusals, findings) => {
    expect(said(refusals)).toEqual(findings);
  });

  it('are told to the organisations that the person acted for, of an organisation to itself', () => {
    const mixed = burst(6, 1).map((one, at) => ({
      ...one,
      organisationIds: at % 2 === 0 ? ['o1'] : ['o1', 'o2'],
    }));
    expect(judgeRefusals(mixed, LIMIT)).toMatchObject([{ organisationIds: ['o1', 'o2'] }]);
    const people = ['a', 'b', 'c'].flatMap((personId) => burst(2, 1, { personId }));
    expect(judgeRefusals(people, 1).at(-1)).toMatchObject({
      subject: { kind: 'organisation', id: 'o1' },
      organisationIds: ['o1'],
    });
  });

  const drawn = fc.array(
    fc.record({
      minute: fc.nat(300),
      personId: fc.constantFrom('p1', 'p2', 'p3', 'p4'),
      hiddenId: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')),
    }),
    { maxLength: 80 },
  );
  const built = (all: readonly { minute: number; personId: string; hiddenId: string | null }[]) =>
    all.map(({ minute, ...changes }) => refusal(minute, changes));

  it('come to what counting each hour by itself comes to, in whatever order they are told', () => {
    fc.assert(
      fc.property(drawn, (all) => {
        const refusals = built(all);
        const within = ({ at }: Refusal) =>
          refusals.filter((one) => one.at <= at && at.getTime() - one.at.getTime() < BURST_MS);
        const most = (measure: (window: readonly Refusal[]) => number) =>
          Math.max(0, ...refusals.map((one) => measure(within(one))));
        const findings = judgeRefusals([...refusals].reverse(), LIMIT);
        const found = (rule: string, id: string) =>
          findings.find((one) => one.rule === rule && one.subject.id === id)?.found ?? 0;
        for (const id of ['p1', 'p2', 'p3', 'p4']) {
          const own = (window: readonly Refusal[]) =>
            window.filter(({ personId }) => personId === id);
          const count = most((window) => own(window).length);
          expect(found('refusals', id)).toBe(count >= LIMIT ? count : 0);
          const things = most(
            (window) =>
              new Set(own(window).flatMap(({ hiddenId }) => (hiddenId === null ? [] : [hiddenId])))
                .size,
          );
          expect(found('guessing', id)).toBe(things >= 5 ? things : 0);
        }
        const organisation = most((window) =>
          new Set(window.map(({ personId }) => personId)).size < 3 ? 0 : window.length,
        );
        expect(found('refusals', 'o1')).toBe(organisation >= 5 * LIMIT ? organisation : 0);
      }),
    );
  });
});
