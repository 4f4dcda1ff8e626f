import { isWebAddress } from '../../../kernel/text.js';

/** Why an address cannot be a source's, or undefined. Whether its host is public is the egress guard's to say. */
export function sourceAddressFault(text: string, isProduction: boolean): string | undefined {
  const url = URL.parse(text);
  if (text.length > 2_000 || url === null) {
    return 'is no address';
  }
  if (url.protocol !== 'https:' && (url.protocol !== 'http:' || isProduction)) {
    return 'must use https';
  }
  if (!isWebAddress(text)) {
    return 'must not carry a user or a password';
  }
  return url.hash === '' ? undefined : 'must have no fragment';
}

/** A source's address without what says nothing, so that one source is not registered as two. */
export function sourceAddress(text: string): string {
  const url = new URL(text);
  return url.search === '' ? url.href.replace(/\/+$/, '') : url.href;
}
