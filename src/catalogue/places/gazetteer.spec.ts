import { boxFaults } from '../coverage.rules.js';
import { boxAround, PLACES } from './gazetteer.js';

describe('the gazetteer', () => {
  it('has the 33 boroughs, with sound boxes inside that of London', () => {
    const boroughs = [...PLACES.values()].filter(({ code }) => code.startsWith('E09'));
    expect(boroughs).toHaveLength(33);
    const codes = boroughs.map(({ code }) => code);
    expect(boxAround(codes)).toEqual(PLACES.get('E12000007')?.bbox);
    expect(boroughs.flatMap(({ bbox }) => boxFaults(bbox, '/bbox'))).toEqual([]);
  });

  it.each<[string, string, number, number]>([
    ['City of London', 'the Guildhall', -0.092, 51.5156],
    ['Camden', 'the British Library', -0.1276, 51.53],
    ['Greenwich', 'the Royal Observatory', 0, 51.4769],
    ['Westminster', 'Trafalgar Square', -0.1281, 51.508],
    ['Hillingdon', 'Heathrow', -0.4543, 51.47],
    ['Croydon', 'the Clocktower', -0.0986, 51.3727],
    ['Havering', 'Romford station', 0.183, 51.575],
    ['Richmond upon Thames', 'Kew Gardens', -0.2955, 51.4787],
  ])('has %s where %s is', (name, _what, east, north) => {
    const place = [...PLACES.values()].find((one) => one.name === name);
    const [west, south, farEast, farNorth] = place?.bbox ?? [0, 0, 0, 0];
    expect(east).toBeGreaterThan(west);
    expect(east).toBeLessThan(farEast);
    expect(north).toBeGreaterThan(south);
    expect(north).toBeLessThan(farNorth);
  });

  it('puts one box around several places, and none around no place', () => {
    expect(boxAround(['E09000001'])).toEqual(PLACES.get('E09000001')?.bbox);
    expect(boxAround(['E09000001', 'E09000009'])).toEqual([-0.42, 51.49, -0.072, 51.56]);
    expect(boxAround([])).toBeUndefined();
    expect(boxAround(['E09000099'])).toBeUndefined();
  });
});
