import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Searches of the trail that an officer keeps under a name. They go with their person. */
export class SavedQueries1790000000059 implements MigrationInterface {
  name = 'SavedQueries1790000000059';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE saved_query (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES person,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        -- The query of the page's address, as the search reads it.
        query text NOT NULL CHECK (length(query) <= 2000),
        UNIQUE (person_id, name)
      );
      GRANT SELECT, INSERT, DELETE ON saved_query TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE saved_query');
  }
}
