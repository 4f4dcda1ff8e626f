import fc from 'fast-check';
import { safeReturnPath } from './return-path.js';
import { SignInStateStore, type SignInSession } from './sign-in-state.store.js';

const asked = {
  nonce: 'nonce',
  codeVerifier: 'verifier',
  issuer: 'https://id.example',
  returnTo: '/',
  acrValues: [],
  maxAgeSeconds: null,
};

function aStore() {
  const clock = { at: new Date('2026-11-24T12:00:00Z') };
  const store = new SignInStateStore({ now: () => clock.at });
  const wait = (seconds: number): void => {
    clock.at = new Date(clock.at.getTime() + seconds * 1000);
  };
  return { store, wait };
}

describe('a pending sign-in', () => {
  it('is given back once, with what was asked', () => {
    const { store } = aStore();
    const session: SignInSession = {};
    const handle = store.put(session, asked);
    expect(store.take(session, handle)).toMatchObject(asked);
    expect(store.take(session, handle)).toBeUndefined();
  });

  it('lives ten minutes', () => {
    const { store, wait } = aStore();
    const session: SignInSession = {};
    const [early, late] = [store.put(session, asked), store.put(session, asked)];
    wait(599);
    expect(store.take(session, early)).toBeDefined();
    wait(1);
    expect(store.take(session, late)).toBeUndefined();
  });

  it('gives way to the newest five of its session', () => {
    const { store } = aStore();
    const session: SignInSession = {};
    const handles = Array.from({ length: 7 }, () => store.put(session, asked));
    const found = handles.map((handle) => store.take(session, handle) !== undefined);
    expect(found).toEqual([false, false, true, true, true, true, true]);
  });

  it.each([[undefined], [''], [['a', 'b']], [{}]])('is not found by %p', (handle) => {
    const { store } = aStore();
    const session: SignInSession = {};
    store.put(session, asked);
    expect(store.take(session, handle)).toBeUndefined();
    expect(session.pendingSignIns).toHaveLength(1);
  });

  it('survives the session store, which keeps JSON', () => {
    const { store } = aStore();
    const session: SignInSession = {};
    const handle = store.put(session, asked);
    const restored = JSON.parse(JSON.stringify(session)) as SignInSession;
    expect(store.take(restored, handle)).toMatchObject(asked);
  });
});

describe('the path to return to', () => {
  it.each([
    ['/agreements?page=2#top', '/agreements?page=2#top'],
    ['/', '/'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example/', '/'],
    ['/a/..//evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['agreements', '/'],
    ['', '/'],
    [`/${'a'.repeat(2000)}`, '/'],
    [undefined, '/'],
    [['/a', '/b'], '/'],
  ])('of %p is %s', (asked, kept) => {
    expect(safeReturnPath(asked)).toBe(kept);
  });

  it('never leaves this origin', () => {
    const origin = 'https://share.example';
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(new URL(safeReturnPath(`/${text}`), origin).origin).toBe(origin);
      }),
    );
  });
});
