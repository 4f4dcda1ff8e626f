import fc from 'fast-check';
import { parseWorkingHours } from '../../kernel/working-hours.js';
import { addUp, USE_TYPES, type Use } from './uses.rules.js';

const HOURS = parseWorkingHours('Mon-Fri 07:00-20:00') ?? null;
const NOON = '2026-06-15T12:00:00Z';
const NIGHT = '2026-06-15T01:00:00Z';

const use = (changes: Partial<Use> = {}): Use => ({
  type: 'object.delivered',
  occurredAt: new Date(NOON),
  bytes: 10,
  reasonCodes: [],
  grantId: 'g',
  isByProgram: false,
  ...changes,
});
const at = (instant: string): { readonly occurredAt: Date } => ({ occurredAt: new Date(instant) });

describe('what a use adds to its day', () => {
  it.each<[Use['type'], string, number, number, number]>([
    ['object.opened', NOON, 0, 0, 0],
    ['object.opened', NIGHT, 0, 0, 1],
    ['object.delivered', NIGHT, 10, 1, 0],
    ['object.cut', NIGHT, 10, 1, 0],
    ['feed.delivered', NIGHT, 10, 1, 0],
    ['object.url-issued', NIGHT, 0, 1, 1],
    ['object.credential-issued', NIGHT, 0, 1, 1],
    ['object.read-observed', NIGHT, 10, 0, 0],
  ])('%s at %s: %i bytes, %i reads, %i out of hours', (type, instant, bytes, reads, outOfHours) => {
    expect(addUp([use({ type, ...at(instant) })], HOURS)).toEqual([
      { grantId: 'g', day: '2026-06-15', bytes, reads, outOfHours },
    ]);
  });

  it('lies in the hour that a store’s log names, not in the one that told of it', () => {
    const told = use({ type: 'object.read-observed', reasonCodes: ['x', 'hour:2026-06-12T02Z'] });
    expect(addUp([told], HOURS)).toMatchObject([{ day: '2026-06-12', bytes: 10 }]);
  });

  it('belongs to London’s day, and to its own grant', () => {
    const uses = [
      use(at('2026-06-15T22:59:59Z')),
      use(at('2026-06-15T23:00:00Z')),
      use({ grantId: 'h' }),
    ];
    expect(addUp(uses, HOURS).map(({ grantId, day }) => `${grantId} ${day}`)).toEqual([
      'g 2026-06-15',
      'g 2026-06-16',
      'h 2026-06-15',
    ]);
  });

  it('is at any hour of a program, and counts for all that', () => {
    const uses = [
      use({ type: 'object.credential-issued', isByProgram: true, ...at(NIGHT) }),
      use({ isByProgram: true, ...at(NIGHT) }),
    ];
    expect(addUp(uses, HOURS)).toMatchObject([{ reads: 2, bytes: 10, outOfHours: 0 }]);
  });

  it('is never out of hours where there are none', () => {
    expect(addUp([use({ type: 'object.opened', ...at(NIGHT) })], null)).toMatchObject([
      { outOfHours: 0 },
    ]);
  });

  it('comes to the same in any order and in any batches', () => {
    const arbitrary = fc.record({
      type: fc.constantFrom(...USE_TYPES),
      occurredAt: fc.date({
        min: new Date('2026-06-14T00:00:00Z'),
        max: new Date('2026-06-17T00:00:00Z'),
        noInvalidDate: true,
      }),
      bytes: fc.option(fc.nat(1_000)),
      reasonCodes: fc.constant([]),
      grantId: fc.constantFrom('g', 'h'),
      isByProgram: fc.boolean(),
    });
    const total = (uses: readonly Use[]) =>
      addUp(uses, HOURS)
        .map((day) => JSON.stringify(Object.values(day)))
        .sort();
    const merged = (parts: readonly (readonly Use[])[]) => {
      const days = new Map<string, number[]>();
      for (const { grantId, day, bytes, reads, outOfHours } of parts.flatMap((part) =>
        addUp(part, HOURS),
      )) {
        const key = `${grantId} ${day}`;
        const before = days.get(key) ?? [0, 0, 0];
        days.set(
          key,
          [bytes, reads, outOfHours].map((value, i) => value + (before[i] ?? 0)),
        );
      }
      return [...days]
        .map(([key, values]) => JSON.stringify([...key.split(' '), ...values]))
        .sort();
    };
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 30 }), fc.nat(30), (uses, cut) => {
        expect(total([...uses].reverse())).toEqual(total(uses));
        expect(merged([uses.slice(0, cut), uses.slice(cut)])).toEqual(total(uses));
      }),
    );
  });
});
