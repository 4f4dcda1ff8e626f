import fc from 'fast-check';
import { sessionPolicy, sessionPolicyFault } from './session-policy.rules.js';

it('lets read and list exactly one prefix, in minified JSON', () => {
  const policy = sessionPolicy('partner', 'air/hourly/');
  expect(policy).not.toMatch(/\s/);
  expect(JSON.parse(policy)).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::partner/air/hourly/*'],
      },
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: ['arn:aws:s3:::partner'],
        Condition: { StringLike: { 's3:prefix': ['air/hourly/*'] } },
      },
    ],
  });
});

it.each([
  ['no slash at its end', 'air'],
  ['nothing', ''],
  ['the whole bucket', '/'],
  ['a star', 'air*/'],
  ['a question mark', 'a?r/'],
  ['a variable', '${aws:username}/'],
  ['a quote', 'a"r/'],
  ['a backslash', 'a\\r/'],
  ['a space', 'a r/'],
  ['a no-break space', 'a\u00a0r/'],
  ['a line feed', 'a\nr/'],
  ['an empty segment', 'a//b/'],
  ['a parent', 'a/../b/'],
  ['too many characters', `${'a'.repeat(1_000)}/`],
])('refuses a prefix with %s', (_what, prefix) => {
  expect(sessionPolicyFault(prefix)).toBeDefined();
  expect(() => sessionPolicy('partner', prefix)).toThrow('No session policy');
});

it('whatever the prefix, is within 2,048 characters and names nothing that is not under it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const prefix = `${text}/`;
      if (sessionPolicyFault(prefix) !== undefined) {
        return;
      }
      const policy = sessionPolicy('partner', prefix);
      expect(policy.length).toBeLessThanOrEqual(2_048);
      const { Statement } = JSON.parse(policy) as { Statement: { Resource: string[] }[] };
      expect(Statement[0]?.Resource).toEqual([`arn:aws:s3:::partner/${prefix}*`]);
      expect(policy.split('*')).toHaveLength(3);
    }),
  );
});
