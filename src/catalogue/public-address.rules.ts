import { isWebAddress } from '../kernel/text.js';

// What a presigned URL carries, of S3 (both versions), Google and Azure. Whoever reads the catalogue would hold the right.
const SIGNED =
  /^(x-amz-(signature|credential|security-token)|x-goog-signature|awsaccesskeyid|signature|sig)$/i;
const LOCAL = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)$/;
// A label and a top-level domain, which no number is: so no IP address passes, in whichever notation.
const PUBLIC_NAME =
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+(xn--[a-z0-9-]{2,59}|[a-z]{2,63})$/;

/** Why an address may not stand in the catalogue, or undefined: a browser of anybody follows it. */
export function publicAddressFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:') {
    return 'must be an https address';
  }
  if (!isWebAddress(text)) {
    return 'must not carry a user or a password';
  }
  const host = url.hostname.replace(/\.$/, '');
  if (!PUBLIC_NAME.test(host) || LOCAL.test(host)) {
    return 'must name a public host, not an address or a local name';
  }
  return [...url.searchParams.keys()].some((name) => SIGNED.test(name))
    ? 'must not be a signed address'
    : undefined;
}
