import { exampleTerms } from '../../../test/support/agreement-terms.js';
import { GROUND, grantWorld, type GrantWorld } from '../../../test/support/grant-world.js';
import type { AgreementTerms } from '../../agreements/terms/terms.types.js';

const LAST_NUMBER = 7;

describe('a grant on a live feed', () => {
  let world: GrantWorld;
  afterEach(() => world.close());

  /** A feed that was looked at to its end, under an agreement that lets its history out or says nothing of it. */
  const begin = async (item: { readonly includeHistory?: boolean } = {}): Promise<void> => {
    const items = (exampleTerms().items ?? []).map((one) => ({ ...one, ...item }));
    const terms: Partial<AgreementTerms> = { modes: ['feed'], actions: ['feed:subscribe'], items };
    world = await grantWorld({ terms });
    await world.force(`UPDATE dataset SET kind = 'feed', sealed_version = NULL`);
    await world.force(
      `INSERT INTO feed (dataset_id, last_number, watched_at, watch_due_at) VALUES ($1, $2, now(), 'infinity')`,
      [GROUND.dataset, LAST_NUMBER],
    );
  };
  const rowOf = async (grantId: string): Promise<Record<string, unknown> | undefined> => {
    const [row] = await world.query(
      'SELECT delivery, feed_after AS "feedAfter", dataset_version AS version FROM grants WHERE id = $1',
      [grantId],
    );
    return row;
  };

  it('begins after the last number at its issue, and a refresh leaves it there', async () => {
    await begin();
    const issued = await world.issue();
    expect(issued).toMatchObject({
      delivery: 'feed',
      feedUrl: expect.stringMatching(/\/grants\/[\w-]+\/feed$/) as string,
    });
    await world.force('UPDATE feed SET last_number = last_number + 5');
    await world.grants.refresh(world.as(GROUND.researcher), issued.id);
    expect(await rowOf(issued.id)).toEqual({
      delivery: 'feed',
      feedAfter: String(LAST_NUMBER),
      version: null,
    });
  }, 60_000);

  it('begins with the first number where its item includes the history', async () => {
    await begin({ includeHistory: true });
    expect(await rowOf((await world.issue()).id)).toMatchObject({ feedAfter: '0' });
  }, 60_000);

  it('is not issued before the whole prefix was looked at once', async () => {
    await begin();
    await world.force('UPDATE feed SET watched_at = NULL');
    await expect(world.issue()).rejects.toMatchObject({ code: 'dataset_unavailable' });
    expect(await world.query('SELECT id FROM grants')).toEqual([]);
  }, 60_000);
});
