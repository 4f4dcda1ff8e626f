import { WAYS } from '../support/reading-pages.js';
import {
  answer,
  answerDay,
  choose,
  follow,
  linkOf,
  notice,
  press,
  Stories,
} from '../support/stories.js';

const HOSTILE = 'Rates <by> "street" & hour, 🙂';

describe('getting data, and finding out who had it', () => {
  let stories: Stories;

  beforeAll(async () => {
    stories = await Stories.begin();
  }, 180_000);
  afterAll(() => stories.end(), 60_000);

  it.each(WAYS.map((way, at) => ({ ...way, at })))(
    'a researcher asks, the owner decides, files are read, and access is taken back $how',
    async ({ at, ...way }) => {
      const dataset = stories.world.seeded.datasets[at];
      const researcher = await stories.as('researcher', way);
      await researcher.open(`/requests/new?datasetId=${dataset?.id ?? ''}`);
      await choose(researcher, 'Academic research');
      await answer(researcher, 'Why you need it', HOSTILE);
      await press(researcher, 'Save and check');
      // What is missing is named as the page names it, and nothing typed is lost.
      const words = await researcher.words();
      expect(words).toContain('There is a problem');
      expect(words).toContain('Last day that you need it');
      const why = researcher.page.getByLabel('Why you need it');
      expect(await why.inputValue()).toBe(HOSTILE);
      if (way.script) {
        expect(await researcher.violations()).toEqual([]);
      }
      await choose(researcher, 'Through Concordat');
      await answerDay(researcher, 'Last day that you need it', 30);
      await choose(researcher, 'Once');
      await researcher.check(researcher.page.getByRole('radio', { name: 'No', exact: true }));
      await press(researcher, 'Save and check');
      await choose(researcher, /I have read the terms/);
      await press(researcher, 'Send the request');
      expect(await notice(researcher)).toContain('is sent');
      const path = new URL(researcher.page.url()).pathname;
      expect(await researcher.words()).toContain('With the data owner');

      const owner = await stories.as('owner', way);
      await owner.open('/');
      await follow(owner, new RegExp(dataset?.title ?? ''));
      expect(new URL(owner.page.url()).pathname).toBe(path);
      await follow(owner, 'Decide');
      await choose(owner, 'Approve');
      await answer(owner, 'Reason, as the researcher will read it', 'It fits.');
      await press(owner, 'Decide');
      expect(await notice(owner)).toContain('is approved');

      await researcher.open(path);
      expect(await researcher.words()).toContain('It fits.');
      await follow(researcher, 'Get access');
      await press(researcher, 'Get access');
      expect(await notice(researcher)).toContain('You have access now');
      const grant = new URL(researcher.page.url()).pathname;
      expect(await researcher.words()).toContain('concordat get');
      await follow(researcher, 'See the files');
      const file = researcher.page
        .getByRole('main')
        .getByRole('rowheader')
        .getByRole('link')
        .first();
      const [download] = await Promise.all([
        researcher.page.waitForEvent('download'),
        researcher.use(file),
      ]);
      expect(await download.failure()).toBeNull();

      await owner.open(grant);
      await follow(owner, 'Revoke');
      await press(owner, 'Revoke it');
      expect(await owner.words()).toContain('There is a problem');
      await answer(owner, 'Reason', 'The study has ended.');
      await press(owner, 'Revoke it');
      expect(await notice(owner)).toContain('The grant is revoked');
      await researcher.open(grant);
      expect(await researcher.words()).toContain('It has ended');
    },
    180_000,
  );

  it.each(WAYS)(
    'an officer finds who had the data and why, reveals a person for a reason, and takes the evidence along $how',
    async ({ how, ...way }) => {
      const officer = await stories.as('officer', way);
      const { id } = stories.world.seeded.datasets[0] ?? { id: '' };
      await officer.open(`/review/reports/disclosures?datasetId=${id}`);
      const found = await officer.words();
      expect(found).toMatch(/P-[a-z2-7]{8}/);
      expect(found).toContain('CON-');
      await officer.open(`/review/people/${/P-[a-z2-7]{8}/.exec(found)?.[0] ?? ''}`);
      await follow(officer, 'Who is this?');
      await press(officer, 'Show me');
      expect(await officer.words()).toContain('There is a problem');
      await answer(officer, 'Why you need to know', 'A request under Article 15.');
      await press(officer, 'Show me');
      expect(await officer.words()).toContain('Researcher');
      await officer.open('/review/events?type=grant.revoked');
      await follow(officer, 'Save this search');
      await answer(officer, 'Name', `Revocations ${how}`);
      await press(officer, 'Save');
      expect(await officer.words()).toContain(`Revocations ${how}`);
      await follow(officer, 'Grant revoked');
      expect(await officer.words()).toContain('The study has ended.');
      await officer.open('/review/exports/new?type=grant.revoked');
      await press(officer, 'Make it');
      for (
        let tries = 0;
        tries < 20 && (await officer.words()).includes('Look again');
        tries += 1
      ) {
        await follow(officer, 'Look again');
        await officer.page.waitForTimeout(500);
      }
      const [pack] = await Promise.all([
        officer.page.waitForEvent('download'),
        officer.use(linkOf(officer, 'Download')),
      ]);
      expect(await pack.failure()).toBeNull();
      await officer.open('/review/log', 'The log');
      expect(await officer.words()).toContain('In order');
    },
    180_000,
  );
});
