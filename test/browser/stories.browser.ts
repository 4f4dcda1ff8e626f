import type { Page } from 'playwright-core';
import type { PersonaName } from '../../sandbox/personas.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addDays, londonDay } from '../../src/kernel/london-day.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { ReadingPages, type Reader } from '../support/reading-pages.js';

interface Agreement {
  readonly id: string;
  readonly organisationId: string;
  readonly terms: Readonly<Record<string, unknown>>;
}

describe('what people do with Concordat in a day', () => {
  let world: HttpWorld;
  let pages: ReadingPages;
  const readers = new Map<string, Reader>();

  beforeAll(async () => {
    world = await httpWorld();
    pages = await ReadingPages.of(world);
  }, 180_000);
  afterAll(async () => {
    await pages.close();
    await world.close();
    // A form that was refused comes back with 422, and the browser says so.
    const faults = [...readers.values()].flatMap((reader) => reader.faults);
    expect(faults.filter((text) => !text.includes('status of 422'))).toEqual([]);
  }, 60_000);

  async function as(persona: PersonaName, script = true): Promise<Reader> {
    const key = `${persona} ${String(script)}`;
    const reader = readers.get(key) ?? (await pages.reader(persona, { script }));
    readers.set(key, reader);
    return reader;
  }
  const press = async (page: Page, name: string): Promise<void> => {
    await page.getByRole('button', { name, exact: true }).click();
  };
  const follow = async (page: Page, name: string | RegExp): Promise<void> => {
    // A link that looks like a button has that role.
    await page.getByRole('main').locator('a').filter({ hasText: name }).first().click();
  };
  const notice = async ({ page }: Reader): Promise<string> =>
    page.getByRole('alert').first().innerText();
  const day = async (page: Page, legend: string, [d, m, y]: readonly string[]): Promise<void> => {
    const group = page.getByRole('group', { name: legend });
    await group.getByLabel('Day').fill(d ?? '');
    await group.getByLabel('Month').fill(m ?? '');
    await group.getByLabel('Year').fill(y ?? '');
  };
  const inDays = (days: number): readonly string[] => {
    const [year, month, date] = addDays(londonDay(systemClock.now()), days).split('-');
    return [date, month, year].map((part) => String(Number(part)));
  };

  it.each([
    { script: true, at: 1 },
    { script: false, at: 2 },
  ])(
    'a researcher asks, the owner decides, files are read, and access is taken back (scripts: $script)',
    async ({ script, at }) => {
      const dataset = world.seeded.datasets[at];
      const researcher = await as('researcher', script);
      await researcher.open(`/datasets/${dataset?.id ?? ''}`);
      await follow(researcher.page, 'Ask for it');
      await researcher.page.getByLabel('Academic research').check();
      await researcher.page.getByLabel('Why you need it').fill('Rates <by> "street" & hour, 🙂');
      await press(researcher.page, 'Save and check');
      // What is missing is named as the page names it, and nothing typed is lost.
      const words = await researcher.words();
      expect(words).toContain('There is a problem');
      expect(words).toContain('Last day that you need it');
      expect(await researcher.page.getByLabel('Why you need it').inputValue()).toBe(
        'Rates <by> "street" & hour, 🙂',
      );
      if (script) {
        expect(await researcher.violations()).toEqual([]);
      }
      await researcher.page.getByLabel('Through Concordat').check();
      await day(researcher.page, 'Last day that you need it', inDays(30));
      await researcher.page.getByLabel('Once').check();
      await researcher.page.getByRole('radio', { name: 'No', exact: true }).check();
      await press(researcher.page, 'Save and check');
      await researcher.page.getByLabel(/I have read the terms/).check();
      await press(researcher.page, 'Send the request');
      expect(await notice(researcher)).toContain('is sent');
      const path = new URL(researcher.page.url()).pathname;
      expect(await researcher.words()).toContain('With the data owner');

      const owner = await as('owner', script);
      await owner.open('/');
      await follow(owner.page, new RegExp(dataset?.title ?? ''));
      expect(new URL(owner.page.url()).pathname).toBe(path);
      await follow(owner.page, 'Decide');
      await owner.page.getByLabel('Approve', { exact: true }).check();
      await owner.page.getByLabel('Reason, as the researcher will read it').fill('It fits.');
      await press(owner.page, 'Decide');
      expect(await notice(owner)).toContain('is approved');

      await researcher.open(path);
      expect(await researcher.words()).toContain('It fits.');
      await follow(researcher.page, 'Get access');
      await press(researcher.page, 'Get access');
      expect(await notice(researcher)).toContain('You have access now');
      const grant = new URL(researcher.page.url()).pathname;
      expect(await researcher.words()).toContain('concordat get');
      await follow(researcher.page, 'See the files');
      const [download] = await Promise.all([
        researcher.page.waitForEvent('download'),
        researcher.page.getByRole('main').getByRole('table').getByRole('link').first().click(),
      ]);
      expect(await download.failure()).toBeNull();

      await owner.open(grant);
      await follow(owner.page, 'Revoke');
      await press(owner.page, 'Revoke it');
      expect(await owner.words()).toContain('There is a problem');
      await owner.page.getByLabel('Reason').fill('The study has ended.');
      await press(owner.page, 'Revoke it');
      expect(await notice(owner)).toContain('The grant is revoked');
      await researcher.open(grant);
      expect(await researcher.words()).toContain('It has ended');
    },
    120_000,
  );

  it('an agreement is drafted task by task, reviewed, signed with two factors, and stopped', async () => {
    const { callers, seeded } = world;
    const model = await callers.owner.get<Agreement>(
      `/api/v1/agreements/${seeded.agreements[0]?.id ?? ''}`,
    );
    const { objective, ...terms } = model.terms;
    const { id } = await callers.owner.post<Agreement>('/api/v1/agreements', {
      organisationId: model.organisationId,
      ...terms,
      title: 'Streets by night',
    });
    const owner = await as('owner');
    await owner.open(`/agreements/${id}/draft`, 'Streets by night');
    expect(await owner.words()).toContain('still to be done');
    expect(await owner.violations()).toEqual([]);
    await follow(owner.page, 'What it is for');
    await owner.page.getByLabel('Objective').fill(String(objective));
    await press(owner.page, 'Save');
    expect(await owner.words()).toContain('Everything is there');
    await follow(owner.page, 'Check and submit');
    await press(owner.page, 'Submit for review');
    expect(await notice(owner)).toContain('It is submitted');

    for (const persona of ['dpo', 'partnerDpo'] as const) {
      const reader = await as(persona);
      await reader.open(`/agreements/${id}/review`);
      await reader.page.getByLabel('Accept it for my organisation').check();
      await press(reader.page, 'Answer');
      expect(await notice(reader)).toContain('You accepted it');
    }
    for (const persona of ['ownerSignatory', 'partnerSignatory'] as const) {
      const reader = await as(persona);
      await reader.open(`/agreements/${id}/sign`);
      expect(await reader.words()).toContain('sha-256:');
      await reader.page.getByLabel('Sign it for my organisation').check();
      await press(reader.page, 'Answer');
      expect(await notice(reader)).toContain('You signed it');
    }
    const signatory = await as('ownerSignatory');
    await signatory.open(`/agreements/${id}`, 'Streets by night');
    await signatory.page.getByText('Active', { exact: true }).first().waitFor();
    await follow(signatory.page, 'Suspend');
    await signatory.page.getByLabel('Reason').fill('A complaint is looked into.');
    await press(signatory.page, 'Suspend it');
    expect(await notice(signatory)).toContain('It is suspended');
    expect(await signatory.words()).toContain('Suspended');
  }, 120_000);

  it('an officer finds who had the data and why, reveals a person for a reason, and takes the evidence along', async () => {
    const officer = await as('officer');
    await officer.open('/review', 'Review');
    const { id } = world.seeded.datasets[1] ?? { id: '' };
    await officer.open(`/review/reports/disclosures?datasetId=${id}`);
    const answer = await officer.words();
    expect(answer).toMatch(/P-[a-z2-7]{8}/);
    expect(answer).toContain('CON-');
    const pseudonym = /P-[a-z2-7]{8}/.exec(answer)?.[0] ?? '';
    await officer.open(`/review/people/${pseudonym}`);
    await follow(officer.page, 'Who is this?');
    await press(officer.page, 'Show me');
    expect(await officer.words()).toContain('There is a problem');
    await officer.page.getByLabel('Why you need to know').fill('A request under Article 15.');
    await press(officer.page, 'Show me');
    expect(await officer.words()).toContain('Researcher');
    await officer.open('/review/events?type=grant.revoked');
    await follow(officer.page, 'Save this search');
    await officer.page.getByLabel('Name').fill('Revocations');
    await press(officer.page, 'Save');
    expect(await officer.words()).toContain('Revocations');
    await follow(officer.page, 'Grant revoked');
    expect(await officer.words()).toContain('The study has ended.');
    await officer.open('/review/exports/new?type=grant.revoked');
    await press(officer.page, 'Make it');
    for (let tries = 0; tries < 20 && (await officer.words()).includes('Look again'); tries += 1) {
      await follow(officer.page, 'Look again');
      await officer.page.waitForTimeout(500);
    }
    const [pack] = await Promise.all([
      officer.page.waitForEvent('download'),
      follow(officer.page, 'Download'),
    ]);
    expect(await pack.failure()).toBeNull();
    await officer.open('/review/log', 'The log');
    expect(await officer.words()).toContain('In order');
  }, 120_000);

  it('an owner registers a store whose keys are wrong, and is told in plain words', async () => {
    const owner = await as('owner');
    await owner.open('/stores/new');
    await owner.page.getByLabel('Name').fill('Second store');
    await owner.page.getByLabel('Endpoint', { exact: true }).fill(world.stores[1].endpoint);
    await owner.page.getByLabel('Region').fill('eu-west-2');
    await owner.page.getByLabel('Bucket', { exact: true }).fill(world.stores[1].bucket);
    await owner.page.getByLabel('Access key id').fill('WRONGKEY');
    await owner.page.getByLabel('Secret access key').fill('wrong-secret-wrong-secret');
    await press(owner.page, 'Register');
    expect(await notice(owner)).toContain('is registered');
    await press(owner.page, 'Check it now');
    expect(await owner.words()).toContain('Failed');
    expect(await owner.page.content()).not.toContain('wrong-secret');
    expect(await owner.violations()).toEqual([]);
  }, 60_000);

  it('an administrator brings an organisation in and invites its first data owner', async () => {
    const admin = await as('admin');
    await admin.open('/administration', 'Administration');
    await follow(admin.page, 'Organisations');
    await follow(admin.page, 'Register an organisation');
    await admin.page.getByLabel('Name').fill('Riverside <b>Borough</b>');
    await admin.page.getByLabel('Borough', { exact: true }).check();
    await admin.page.getByRole('radio', { name: 'Yes' }).check();
    await press(admin.page, 'Register');
    expect(await notice(admin)).toContain('Riverside <b>Borough</b> is registered');
    await follow(admin.page, 'Invite somebody');
    await admin.page.getByLabel('E-mail address').fill('first@riverside.example');
    await admin.page.getByLabel('Position').fill('Head of data');
    await admin.page.getByLabel('Data owner').check();
    await press(admin.page, 'Invite');
    expect(await admin.words()).toContain('first@riverside.example');
    expect(await admin.violations()).toEqual([]);
  }, 60_000);
});
