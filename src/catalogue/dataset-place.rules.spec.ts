import { placeFaults, type PlaceFacts } from './dataset-place.rules.js';

const IN_STORE: PlaceFacts = {
  access: 'shared',
  storeId: 's',
  prefix: 'footfall/',
  distributions: [{ path: '' }],
};
const DESCRIBED: PlaceFacts = { access: 'closed', distributions: [] };
const ELSEWHERE: PlaceFacts = {
  access: 'open',
  distributions: [{ downloadUrl: 'https://data.example.org/trees.csv' }],
};

const told = (facts: PlaceFacts): readonly string[] =>
  placeFaults(facts).map(({ pointer, reason }) => `${pointer} ${reason}`);

describe('where a dataset is', () => {
  it.each<[string, PlaceFacts]>([
    ['in a store', IN_STORE],
    ['described only', DESCRIBED],
    ['described, with its forms', { ...DESCRIBED, distributions: [{}] }],
    ['open elsewhere', ELSEWHERE],
    ['a service', { ...ELSEWHERE, distributions: [{ accessUrl: 'https://api.example.org/' }] }],
    [
      'open in a store and elsewhere',
      {
        ...IN_STORE,
        access: 'open',
        distributions: [...IN_STORE.distributions, ...ELSEWHERE.distributions],
      },
    ],
    ['with a page', { ...DESCRIBED, landingPage: 'https://example.org:8443/about?x=1#y' }],
  ])('%s passes', (_what, facts) => {
    expect(told(facts)).toEqual([]);
  });

  it.each<[string, PlaceFacts, string]>([
    ['a prefix of no store', { ...DESCRIBED, prefix: 'a/' }, '/storeId is required with prefix'],
    [
      'a store without a prefix',
      { access: 'shared', storeId: 's', distributions: [{ path: '' }] },
      '/prefix is required with storeId',
    ],
    [
      'no form in a store',
      { ...IN_STORE, distributions: [] },
      '/distributions must name at least one',
    ],
    [
      'a form that is nowhere in the store',
      { ...IN_STORE, distributions: [{}] },
      '/distributions/0/path is required where the data is in a store',
    ],
    [
      'a path of no store',
      { ...DESCRIBED, distributions: [{ path: '' }] },
      '/distributions/0/path is of a store, and the dataset names none',
    ],
    [
      'a path of what is elsewhere',
      { ...IN_STORE, access: 'open', distributions: [{ ...ELSEWHERE.distributions[0], path: '' }] },
      '/distributions/0/path is not for what lies elsewhere',
    ],
    [
      'open data that is nowhere',
      { ...ELSEWHERE, distributions: [{}] },
      '/distributions must say where open data in no store is: downloadUrl or accessUrl',
    ],
    [
      'shared data that is elsewhere',
      { ...ELSEWHERE, access: 'shared' },
      '/distributions/0 lies elsewhere, which only open data may',
    ],
    [
      'a location of what has none',
      { ...DESCRIBED, distributions: [{ disclosesLocation: true }] },
      '/distributions/0/disclosesLocation has no location to disclose',
    ],
  ])('%s: refused', (_what, facts, fault) => {
    expect(told(facts)).toEqual([fault]);
  });

  it.each([
    ['http://example.org/', 'must be an https address'],
    ['javascript:alert(1)', 'must be an https address'],
    ['no address', 'must be an https address'],
    ['https://', 'must be an https address'],
    ['https://user:secret@example.org/', 'must not carry a user or a password'],
    ['https://127.0.0.1/', 'must name a public host, not an address or a local name'],
    ['https://2130706433/', 'must name a public host, not an address or a local name'],
    ['https://0x7f.1/', 'must name a public host, not an address or a local name'],
    ['https://[::1]/', 'must name a public host, not an address or a local name'],
    ['https://8.8.8.8/', 'must name a public host, not an address or a local name'],
    ['https://localhost/', 'must name a public host, not an address or a local name'],
    ['https://db.internal./', 'must name a public host, not an address or a local name'],
    ['https://printer.local/', 'must name a public host, not an address or a local name'],
    [
      'https://s3.example.org/b/k?X-Amz-Credential=AKIA%2F20260101&X-Amz-Signature=ab',
      'must not be a signed address',
    ],
    ['https://b.blob.example.net/k?sv=2024&sig=ab', 'must not be a signed address'],
  ])('the address %s %s', (address, reason) => {
    expect(told({ ...DESCRIBED, landingPage: address })).toEqual([`/landingPage ${reason}`]);
    expect(told({ ...ELSEWHERE, distributions: [{ downloadUrl: address }] })).toEqual([
      `/distributions/0/downloadUrl ${reason}`,
    ]);
  });
});
