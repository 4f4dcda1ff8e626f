import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { keyFault } from './object-name.rules.js';
import { presignGet } from './presigner.js';

const location = {
  endpoint: 'https://s3.example.org:8443',
  publicEndpoint: 'https://s3.example.org:8443',
  region: 'eu-west-2',
  bucket: 'borough-data',
  addressing: 'path' as const,
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const now = new Date('2026-11-24T12:34:56Z');
const sdk = new S3Client({
  endpoint: location.endpoint,
  region: location.region,
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  credentials: { accessKeyId: location.accessKeyId, secretAccessKey: location.secretAccessKey },
});

const KEYS = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  // What parsers and decoders stumble over, put together at random.
  fc
    .array(
      fc.constantFrom(
        '.',
        '..',
        '/',
        '%',
        '%2',
        '2e',
        '%25',
        '?',
        '#',
        ';',
        '+',
        ' ',
        '~',
        'é',
        '\u{1f600}',
        '@',
        ':',
        '&',
        '=',
        'a',
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

it.each(['path', 'virtual'] as const)(
  'a presigned URL (%s) parses back to exactly the key, for every key that may pass',
  (addressing) => {
    const base = addressing === 'path' ? `/${location.bucket}/` : '/';
    fc.assert(
      fc.property(
        KEYS.filter((key) => keyFault(key) === undefined),
        (key) => {
          const place = { ...location, addressing };
          const url = new URL(presignGet({ location: place, key, now, ttlSeconds: 120 }));
          expect(url.pathname.startsWith(base)).toBe(true);
          const segments = url.pathname.slice(base.length).split('/');
          expect(segments.map(decodeURIComponent)).toEqual(key.split('/'));
          expect(url.hash).toBe('');
        },
      ),
      { numRuns: 2_000 },
    );
  },
);

it.each(['.', '..', '../a', 'a/..', 'a/./b', 'a//b', '/a', 'a/', ''])(
  'no URL is signed for %j, which a parser might make another',
  (key) => {
    expect(() => presignGet({ location, key, now, ttlSeconds: 120 })).toThrow('parse back');
  },
);

it('a presigned URL equals the AWS SDK’s for 10,000 random keys', async () => {
  const keys = fc
    .sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), {
      numRuns: 20_000,
      seed: 42,
    })
    .filter((key) => keyFault(key) === undefined)
    .slice(0, 10_000);
  expect(keys).toHaveLength(10_000);
  for (const key of keys) {
    const command = new GetObjectCommand({
      Bucket: location.bucket,
      Key: key,
      ResponseContentDisposition: 'attachment',
    });
    const theirs = new URL(await getSignedUrl(sdk, command, { expiresIn: 120, signingDate: now }));
    const ours = new URL(presignGet({ location, key, now, ttlSeconds: 120 }));
    expect(ours.pathname).toBe(theirs.pathname);
    expect(ours.searchParams.get('X-Amz-Signature')).toBe(
      theirs.searchParams.get('X-Amz-Signature'),
    );
  }
}, 60_000);
