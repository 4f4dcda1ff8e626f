import { QueryFailedError } from 'typeorm';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import type { Tx } from './database.js';
import { queryPlanned } from './planned-statement.js';

const TEXT = 'SELECT $1::int / $2::int AS quotient';

describe('a statement that is sent again and again', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.close());

  const plansOf = async (tx: Tx): Promise<number> => {
    const held = await tx.query<unknown[]>(
      'SELECT FROM pg_prepared_statements WHERE statement = $1',
      [TEXT],
    );
    return held.length;
  };

  it('is parsed once by each connection, and answers for its parameters', async () => {
    const divide = (by: number): Promise<number> =>
      db.database.transaction(async (tx) => {
        const { rows } = await queryPlanned(tx, TEXT, [12, by]);
        expect(await plansOf(tx)).toBe(1);
        return (rows as { quotient: number }[])[0]?.quotient ?? Number.NaN;
      });
    for (const by of [1, 2, 3, 4, 6, 12]) {
      expect(await divide(by)).toBe(12 / by);
    }
  });

  it('fails as any other, and takes its transaction with it', async () => {
    await db.database.transaction(async (tx) => {
      const failure = queryPlanned(tx, TEXT, [1, 0]);
      await expect(failure).rejects.toBeInstanceOf(QueryFailedError);
      await expect(failure).rejects.toMatchObject({ driverError: { code: '22012' } });
      await expect(tx.query('SELECT 1')).rejects.toThrow('current transaction is aborted');
    });
    await expect(
      db.database.transaction((tx) => queryPlanned(tx, TEXT, [6, 3])),
    ).resolves.toMatchObject({
      rows: [{ quotient: 2 }],
    });
  });

  it('is sent outside a transaction too, and gives its connection back', async () => {
    const { manager } = db.database;
    for (let times = 0; times < 30; times += 1) {
      expect((await queryPlanned(manager, TEXT, [12, 4])).rows).toEqual([{ quotient: 3 }]);
      await expect(queryPlanned(manager, TEXT, [1, 0])).rejects.toBeInstanceOf(QueryFailedError);
    }
  });
});
