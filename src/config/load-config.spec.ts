import { randomBytes } from 'node:crypto';
import { ConfigurationError } from './environment.js';
import { loadConfig, loadWorkerConfig } from './load-config.js';

const complete = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://share.example.org',
  DATABASE_URL: 'postgres://app@db/concordat',
  SESSION_DATABASE_URL: 'postgres://session@db/concordat',
  SECRETS_DATABASE_URL: 'postgres://secrets@db/secrets',
  OIDC_ISSUER: 'https://id.example.org/realm',
  OIDC_CLIENT_ID: 'concordat',
  OIDC_CLIENT_SECRET: 'a-long-enough-secret-value',
  ACR_LEVELS: 'urn:mfa=2,urn:hardware=3',
  CONCORDAT_KEK: randomBytes(32).toString('base64'),
  LOG_TILES: 'file:///var/lib/concordat/log',
  STORE_ENDPOINT_HOSTS: 's3.example.org',
};

function faultsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    return error instanceof ConfigurationError ? error.faults : [String(error)];
  }
}

describe('the configuration', () => {
  it('is read whole, once, and frozen', () => {
    const config = loadConfig(complete);
    expect(config.publicUrl).toBe('https://share.example.org');
    expect(config.acrLevels.get('urn:hardware')).toBe(3);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every missing variable at once', () => {
    const names = faultsOf({}).map((fault) => fault.split(' ')[0]);
    expect(names).toEqual(
      expect.arrayContaining(Object.keys(complete).filter((name) => name !== 'NODE_ENV')),
    );
  });

  it('of the worker has logins and keys that nobody else has', () => {
    const names = ['SEQUENCER', 'PUBLISHER', 'ERASER'].map((duty) => `${duty}_DATABASE_URL`);
    const [current, former] = [randomBytes(32), randomBytes(32)];
    const worker = {
      ...complete,
      ...Object.fromEntries(names.map((name) => [name, 'postgres://duty@db/concordat'])),
      LOG_HEAD: 'file:///var/lib/concordat-head',
      LOG_SIGNING_KEYS: `${current.toString('base64')},${former.toString('base64')}`,
    };
    expect(loadWorkerConfig(worker).logKeys).toEqual([current, former]);
    expect(loadWorkerConfig(worker).log.origin).toBe('share.example.org/log');
    expect(() => loadWorkerConfig({ ...worker, LOG_SIGNING_KEYS: 'c2hvcnQ=' })).toThrow(
      'LOG_SIGNING_KEYS must be 32 bytes in base64',
    );
    expect(() => loadWorkerConfig(complete)).toThrow(ConfigurationError);
  });

  it('takes a mail server, or none', () => {
    expect(loadConfig(complete).smtp).toBeUndefined();
    const url = 'smtps://user:password@mail.example.org';
    const mail = { SMTP_URL: url, MAIL_FROM: 'share@example.org' };
    expect(loadConfig({ ...complete, ...mail }).smtp).toEqual({ url, from: 'share@example.org' });
    expect(faultsOf({ ...complete, SMTP_URL: url })).toEqual(['MAIL_FROM is missing']);
    expect(faultsOf({ ...complete, ...mail, MAIL_FROM: 'Share <a@b>' })).toEqual([
      'MAIL_FROM must be an e-mail address',
    ]);
  });

  describe('of where the log lies', () => {
    const keys = { LOG_TILES_ACCESS_KEY_ID: 'KEY', LOG_TILES_SECRET_ACCESS_KEY: 'secret' };
    const at = (url: string, more: Record<string, string> = keys): Record<string, string> => ({
      ...complete,
      ...more,
      LOG_TILES: url,
    });

    it('is a folder, or a part of a bucket with a key of its own', () => {
      expect(loadConfig(complete).log.tiles).toEqual({
        kind: 'disk',
        path: '/var/lib/concordat/log',
      });
      const url = 's3+https://S3.example.org:9000/city-log/deep/er/?region=eu-west-2';
      const bucket = {
        kind: 'bucket',
        endpoint: 'https://s3.example.org:9000',
        region: 'eu-west-2',
        bucket: 'city-log',
        addressing: 'path',
        prefix: 'deep/er/',
        accessKeyId: 'KEY',
        secretAccessKey: 'secret',
      };
      expect(loadConfig(at(url)).log.tiles).toEqual(bucket);
      const virtual = 's3+https://s3.example.org/city-log?region=eu-west-2&addressing=virtual';
      expect(loadConfig(at(virtual)).log.tiles).toEqual({
        ...bucket,
        endpoint: 'https://s3.example.org',
        addressing: 'virtual',
        prefix: '',
      });
    });

    it('takes a bucket without TLS outside production only', () => {
      const plain = at('s3+http://127.0.0.1:9000/city-log?region=eu-west-2');
      expect(loadConfig({ ...plain, NODE_ENV: 'development' }).log.tiles).toMatchObject({
        endpoint: 'http://127.0.0.1:9000',
      });
      expect(faultsOf(plain)).toEqual([
        'LOG_TILES must be a URL that starts with file: or s3+https:',
      ]);
    });

    it('names what a bucket lacks', () => {
      expect(faultsOf(at('s3+https://s3.example.org/city-log?region=eu-west-2', {}))).toEqual([
        'LOG_TILES_ACCESS_KEY_ID is missing',
        'LOG_TILES_SECRET_ACCESS_KEY is missing',
      ]);
    });

    it.each([
      ['no bucket', 's3+https://s3.example.org/?region=eu-west-2'],
      ['no region', 's3+https://s3.example.org/city-log'],
      ['a bucket that S3 would not name', 's3+https://s3.example.org/City_Log?region=eu-west-2'],
      ['a prefix that no object has', 's3+https://s3.example.org/city-log/../x//y?region=r'],
      ['a key in the address', 's3+https://KEY:secret@s3.example.org/city-log?region=r'],
      ['another addressing', 's3+https://s3.example.org/city-log?region=r&addressing=odd'],
      ['something else', 's3+https://s3.example.org/city-log?region=r&secret=s'],
      ['a folder of another machine', 'file://elsewhere/log'],
    ])('refuses %s', (_what, url) => {
      const [fault, ...more] = faultsOf(at(url));
      expect(more).toEqual([]);
      expect(fault).toMatch(/^LOG_TILES must be file:\/\/\/<folder> or s3\+https:/);
    });
  });

  it('says from where on something is unusual, as the operator sets it', () => {
    expect(loadConfig(complete).alerts).toEqual({
      hours: { firstDay: 0, lastDay: 4, fromMinute: 420, toMinute: 1200 },
      limits: { bytesFloor: 10_737_418_240, readsFloor: 10_000, refusals: 30 },
    });
    const set = { ALERT_HOURS: 'any', ALERT_BYTES_FLOOR: '5', ALERT_READS_FLOOR: '6' };
    expect(loadConfig({ ...complete, ...set, ALERT_REFUSALS: '7' }).alerts).toEqual({
      hours: null,
      limits: { bytesFloor: 5, readsFloor: 6, refusals: 7 },
    });
  });

  it.each([
    ['ALERT_HOURS', 'weekdays'],
    ['ALERT_HOURS', 'Tue-Fri 20:00-07:00'],
    ['ALERT_BYTES_FLOOR', '-1'],
    ['ALERT_READS_FLOOR', 'many'],
    ['ALERT_REFUSALS', '0'],
    ['PUBLIC_URL', 'http://share.example.org'],
    ['PUBLIC_URL', 'https://share.example.org/'],
    ['OIDC_ISSUER', 'ftp://id.example.org'],
    ['DATABASE_URL', 'mysql://db'],
    ['CONCORDAT_KEK', Buffer.alloc(32).toString('base64')],
    ['CONCORDAT_KEK', randomBytes(31).toString('base64')],
    ['ACR_LEVELS', 'urn:mfa=4'],
    ['OIDC_CLIENT_SECRET', 'short'],
    ['FIXED_COUNTRY', 'GB'],
    ['SMTP_URL', 'https://mail.example.org'],
    ['PORT', '70000'],
    ['LOG_LEVEL', 'loud'],
    ['NODE_ENV', 'staging'],
  ])('refuses %s when it is wrong, without repeating its value', (name, value) => {
    const mail = name === 'SMTP_URL' ? { MAIL_FROM: 'share@example.org' } : {};
    const faults = faultsOf({ ...complete, ...mail, [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name} `));
    expect(faults[0]).not.toContain(`${value} `);
  });
});
