import { GROUND } from '../../../test/support/grant-world.js';
import { reportWorld, type ReportWorld } from '../../../test/support/report-world.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { DashboardRepository, type FlowRow, type VolumeRow } from './dashboard.repository.js';

const MORE = 30;
const SINCE = new Date(0);

describe('what the pictures of the officer’s first page add up to', () => {
  let world: ReportWorld;
  const repository = new DashboardRepository();
  let flow: readonly FlowRow[];
  let volume: readonly VolumeRow[];

  beforeAll(async () => {
    world = await reportWorld();
    const { id } = await world.issue();
    await world.deliver(id);
    // As many organisations more, each of which read once.
    await asSuperuser(
      world.db,
      `SET session_replication_role = replica;
       CREATE TEMP TABLE more AS SELECT n, uuidv7() AS recipient, uuidv7() AS granted FROM generate_series(1, ${String(MORE)}) n;
       INSERT INTO organisation SELECT (jsonb_populate_record(o, jsonb_build_object('id', m.recipient, 'name', 'Recipient ' || m.n))).*
         FROM organisation o, more m WHERE o.id = '${GROUND.recipient}';
       INSERT INTO grants SELECT (jsonb_populate_record(g, jsonb_build_object('id', m.granted, 'organisation_id', m.recipient,
           'status', 'expired', 'ended_at', now()))).* FROM grants g, more m WHERE g.id = '${id}'`,
    );
    const copies = await world.query<{ id: string }>(`SELECT id FROM grants WHERE id <> '${id}'`);
    for (const copy of copies) {
      await world.deliver(copy.id);
    }
    flow = await world.database.transaction((tx) => repository.flow(tx, null, SINCE));
    volume = await world.database.transaction((tx) => repository.volume(tx, null, SINCE));
  }, 120_000);
  afterAll(() => world.close());

  it('the largest stand by name, all others together without a page', () => {
    expect(flow).toHaveLength(21);
    expect(volume).toHaveLength(21);
    expect(flow.at(-1)).toMatchObject({
      ...{ ownerId: null, datasetId: null, recipientId: null },
      ...{ owner: 'All others', dataset: 'All others', recipient: 'All others' },
    });
    expect(volume.at(-1)).toMatchObject({ recipientId: null, recipient: 'All others' });
  });

  it('all of it is counted', () => {
    expect(flow.reduce((sum, { downloads }) => sum + downloads, 0)).toBe(MORE + 1);
    expect(volume.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(100 * (MORE + 1));
  });
});
