import type { Config } from '../../config/config.js';
import { isConcordatError } from '../../kernel/errors.js';
import { EgressGuard } from './egress-guard.js';

const guard = (changes: Partial<Config>): EgressGuard =>
  new EgressGuard({
    environment: 'production',
    storeEndpointHosts: [
      '*.example.org',
      'localhost',
      '127.0.0.1',
      '169.254.169.254',
      '[::1]',
      '[::ffff:a9fe:a9fe]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '8.8.8.8',
    ],
    egressAllowCidrs: [],
    ...changes,
  } as unknown as Config);

const refusal = async (
  endpoint: string,
  changes: Partial<Config> = {},
): Promise<string | undefined> => {
  try {
    await guard(changes).check(endpoint);
    return undefined;
  } catch (error) {
    return isConcordatError(error, 'endpoint_refused')
      ? error.fields.errors?.[0]?.reason
      : String(error);
  }
};

describe('a store endpoint in production (GD-20)', () => {
  it.each([
    ['http://s3.example.org', 'must use https'],
    ['ftp://s3.example.org', 'must use https'],
    ['https://user:pw@s3.example.org', 'must be only scheme, host and port'],
    ['https://s3.example.org/path', 'must be only scheme, host and port'],
    ['https://s3.example.org?x', 'must be only scheme, host and port'],
    ['https://s3.example.com', 'is not on the list of permitted hosts'],
    ['https://evilexample.org', 'is not on the list of permitted hosts'],
    ['https://2130706433', 'must be only scheme, host and port'],
    ['https://0x7f.1', 'must be only scheme, host and port'],
    ['https://127.0.0.1', 'is not a public address'],
    ['https://169.254.169.254', 'is not a public address'],
    ['https://[::1]', 'is not a public address'],
    ['https://[::ffff:a9fe:a9fe]', 'is not a public address'],
    ['https://[64:ff9b::7f00:1]', 'is not a public address'],
    ['https://[2002:7f00:1::]', 'is not a public address'],
    ['https://localhost', 'resolves to an address that is not public'],
    ['not a url', 'must be a URL of a host'],
  ])('%s is refused: it %s', async (endpoint, reason) => {
    expect(await refusal(endpoint)).toBe(reason);
  });

  it('may be a public address on the list', async () => {
    expect(await refusal('https://8.8.8.8')).toBeUndefined();
  });

  it('may be private only inside EGRESS_ALLOW_CIDRS', async () => {
    const changes = { egressAllowCidrs: ['127.0.0.0/8'] };
    expect(await refusal('https://127.0.0.1', changes)).toBeUndefined();
    expect(await refusal('https://169.254.169.254', changes)).toBe('is not a public address');
  });

  it('connects only to an address that was checked, even when the name is bound anew', async () => {
    const error = await new Promise<Error | null>((done) => {
      guard({}).lookup('localhost', { all: true }, (fault) => {
        done(fault);
      });
    });
    expect(error?.message).toContain('not public');
  });
});
