import { WAYS } from '../support/reading-pages.js';
import { answer, choose, follow, notice, press, Stories } from '../support/stories.js';

interface Agreement {
  readonly id: string;
  readonly organisationId: string;
  readonly terms: Readonly<Record<string, unknown>>;
}

describe('agreements, stores and organisations', () => {
  let stories: Stories;

  beforeAll(async () => {
    stories = await Stories.begin();
  }, 180_000);
  afterAll(() => stories.end(), 60_000);

  it.each(WAYS)(
    'an agreement is drafted task by task, reviewed, signed with two factors, and stopped $how',
    async ({ how, ...way }) => {
      const { callers, seeded } = stories.world;
      const model = await callers.owner.get<Agreement>(
        `/api/v1/agreements/${seeded.agreements[0]?.id ?? ''}`,
      );
      const { objective, ...terms } = model.terms;
      const title = `Streets by night ${how}`;
      const { id } = await callers.owner.post<Agreement>('/api/v1/agreements', {
        organisationId: model.organisationId,
        ...terms,
        title,
      });
      const owner = await stories.as('owner', way);
      await owner.open(`/agreements/${id}/draft`, title);
      expect(await owner.words()).toContain('still to be done');
      if (way.script) {
        expect(await owner.violations()).toEqual([]);
      }
      await follow(owner, 'What it is for');
      await answer(owner, 'Objective', String(objective));
      await press(owner, 'Save');
      expect(await owner.words()).toContain('Everything is there');
      await follow(owner, 'Check and submit');
      await press(owner, 'Submit for review');
      expect(await notice(owner)).toContain('It is submitted');

      for (const persona of ['dpo', 'partnerDpo'] as const) {
        const reader = await stories.as(persona, way);
        await reader.open(`/agreements/${id}/review`);
        await choose(reader, 'Accept it for my organisation');
        await press(reader, 'Answer');
        expect(await notice(reader)).toContain('You accepted it');
      }
      for (const persona of ['ownerSignatory', 'partnerSignatory'] as const) {
        const reader = await stories.as(persona, way);
        await reader.open(`/agreements/${id}/sign`);
        expect(await reader.words()).toContain('sha-256:');
        await choose(reader, 'Sign it for my organisation');
        await press(reader, 'Answer');
        expect(await notice(reader)).toContain('You signed it');
      }
      const signatory = await stories.as('ownerSignatory', way);
      await signatory.open(`/agreements/${id}`, title);
      await signatory.page.getByText('Active', { exact: true }).first().waitFor();
      await follow(signatory, 'Suspend');
      await answer(signatory, 'Reason', 'A complaint is looked into.');
      await press(signatory, 'Suspend it');
      expect(await notice(signatory)).toContain('It is suspended');
      expect(await signatory.words()).toContain('Suspended');
    },
    180_000,
  );

  it.each(WAYS)(
    'an owner registers a store whose keys are wrong, and is told in plain words $how',
    async ({ how, ...way }) => {
      const [, store] = stories.world.stores;
      const owner = await stories.as('owner', way);
      await owner.open('/stores/new');
      await answer(owner, 'Name', `Second store ${how}`);
      await answer(owner, 'Endpoint', store.endpoint);
      await answer(owner, 'Region', 'eu-west-2');
      await answer(owner, 'Bucket', store.bucket);
      await answer(owner, 'Access key id', 'WRONGKEY');
      await answer(owner, 'Secret access key', 'wrong-secret-wrong-secret');
      await press(owner, 'Register');
      expect(await notice(owner)).toContain('is registered');
      await press(owner, 'Check it now');
      expect(await owner.words()).toContain('Check failed');
      expect(await owner.page.content()).not.toContain('wrong-secret');
      if (way.script) {
        expect(await owner.violations()).toEqual([]);
      }
    },
    90_000,
  );

  it.each(WAYS)(
    'an administrator brings an organisation in, invites its first data owner, and stops it $how',
    async ({ how, ...way }) => {
      const name = `Riverside <b>Borough</b> ${how}`;
      const admin = await stories.as('admin', way);
      await admin.open('/administration', 'Administration');
      await follow(admin, 'Organisations');
      await follow(admin, 'Register an organisation');
      await answer(admin, 'Name', name);
      await choose(admin, 'Borough');
      await admin.check(admin.page.getByRole('radio', { name: 'Yes' }));
      await press(admin, 'Register');
      expect(await notice(admin)).toContain(`${name} is registered`);
      await follow(admin, 'Invite somebody');
      await answer(admin, 'E-mail address', 'first@riverside.example');
      await answer(admin, 'Position', 'Head of data');
      await choose(admin, 'Data owner');
      await press(admin, 'Invite');
      expect(await admin.words()).toContain('first@riverside.example');
      if (way.script) {
        expect(await admin.violations()).toEqual([]);
      }
      const organisation = new URL(admin.page.url()).pathname.replace(/\/members$/, '');
      await admin.open(`${organisation}/suspend`);
      expect(await admin.words()).toContain('Nobody loses access by it.');
      await answer(admin, 'Reason', 'It asked us to.');
      await press(admin, 'Suspend it');
      expect(await notice(admin)).toContain('The organisation is suspended');
    },
    90_000,
  );
});
