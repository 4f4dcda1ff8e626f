import {
  asTemplate,
  commonStatements,
  parseStatements,
  type Statement,
} from '../../bench/statements/recorded-statements.js';

const LOG = `>>>7|concordat_app|LOG:  execute <unnamed>: SELECT id
\tFROM person WHERE name = $1
>>>7|concordat_app|DETAIL:  Parameters: $1 = 'O''Neil, $2 = NULL'
>>>8|postgres|LOG:  statement: SELECT 1
>>>9|concordat_app|LOG:  statement: START TRANSACTION
>>>7|concordat_app|LOG:  execute <unnamed>: SELECT $1, $2
>>>7|concordat_app|DETAIL:  Parameters: $1 = NULL, $2 = '{a,b}'
>>>9|concordat_app|LOG:  execute s1: INSERT INTO grants VALUES ($1)
>>>9|concordat_app|DETAIL:  parameters: $1 = 'id-1'
>>>9|concordat_app|LOG:  statement: COMMIT
>>>9|concordat_app|LOG:  statement: SELECT now()
`;

describe('the statements recorded for a benchmark', () => {
  it('are those of the broker, with their parameters and their transaction', () => {
    const on7 = { connection: '7', database: 'main', name: undefined };
    const on9 = { ...on7, connection: '9' };
    expect(parseStatements(LOG)).toEqual([
      {
        ...on7,
        sql: 'SELECT id\nFROM person WHERE name = $1',
        params: ["O'Neil, $2 = NULL"],
        inTransaction: false,
      },
      { ...on9, sql: 'START TRANSACTION', params: [], inTransaction: true },
      { ...on7, sql: 'SELECT $1, $2', params: [null, '{a,b}'], inTransaction: false },
      {
        ...on9,
        name: 's1',
        sql: 'INSERT INTO grants VALUES ($1)',
        params: ['id-1'],
        inTransaction: true,
      },
      { ...on9, sql: 'COMMIT', params: [], inTransaction: true },
      { ...on9, sql: 'SELECT now()', params: [], inTransaction: false },
    ]);
  });

  it('are only those that every recording has, as often as the one that has it least', () => {
    const statement = (sql: string): Statement => ({
      connection: '1',
      database: 'main',
      name: undefined,
      sql,
      params: [],
      inTransaction: false,
    });
    const recordings = [
      ['a', 'heartbeat', 'b', 'b'].map(statement),
      ['a', 'b', 'b', 'b', 'c'].map(statement),
    ];
    expect(commonStatements(recordings).map(({ sql }) => sql)).toEqual(['a', 'b', 'b']);
  });

  it('have a transaction of the act whole, whatever else was committed meanwhile', () => {
    const sent = (connection: string, ...sql: readonly string[]): readonly Statement[] =>
      sql.map((one) => ({
        connection,
        database: 'main',
        name: undefined,
        sql: one,
        params: [],
        inTransaction: true,
      }));
    const act = sent('1', 'START TRANSACTION', 'INSERT', 'COMMIT');
    const other = sent('2', 'START TRANSACTION', 'UPDATE', 'COMMIT');
    const mixed = [...other.slice(0, 2), ...act.slice(0, 1), ...other.slice(2), ...act.slice(1)];
    expect(commonStatements([act, mixed])).toEqual(act);
  });

  it('become a template of what differs from act to act', () => {
    const [insert] = asTemplate(
      [
        {
          connection: '1',
          database: 'main',
          name: undefined,
          sql: 'INSERT',
          params: ['x', null, '["id-1"]'],
          inTransaction: true,
        },
      ],
      { grantId: 'id-1' },
    );
    expect(insert?.params).toEqual(['x', null, '["{{grantId}}"]']);
  });
});
