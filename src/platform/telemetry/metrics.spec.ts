import { Metrics } from './metrics.js';

describe('a gauge', () => {
  it('that cannot be read is not there, and is no nought', async () => {
    const metrics = new Metrics();
    let isAway = false;
    metrics.gauge('concordat_halted', 'x', () => {
      if (isAway) {
        throw new Error('away');
      }
      return 1;
    });
    const scrape = async (): Promise<string[]> =>
      (await metrics.registry.metrics())
        .split('\n')
        .filter((line) => /^concordat_halted/.test(line));
    expect(await scrape()).toEqual(['concordat_halted 1']);
    isAway = true;
    expect(await scrape()).toEqual([]);
    isAway = false;
    expect(await scrape()).toEqual(['concordat_halted 1']);
    metrics.onModuleDestroy();
  });
});
