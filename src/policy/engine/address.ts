import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const MAPPED_BITS = 96;

export interface Cidr {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** IPv4-mapped IPv6 becomes IPv4 (policy section 3). @param text an address that `isIP` accepts. */
export function plainAddress(text: string): Pick<Cidr, 'address' | 'family'> {
  const address = ipaddr.process(text);
  return { address: address.toString(), family: address.kind() };
}

/** A CIDR range of strict notation; undefined for octal, hexadecimal, shortened or zoned addresses. */
export function parseCidr(text: string): Cidr | undefined {
  const [network = '', prefix = '', ...rest] = text.split('/');
  const family = isIP(network);
  const bits = Number(prefix);
  const isNotation = /^\d{1,3}$/.test(prefix) && rest.length === 0 && !network.includes('%');
  if (family === 0 || !isNotation || bits > (family === 4 ? 32 : 128)) {
    return undefined;
  }
  const plain = plainAddress(network);
  if (family === 4 || plain.family === 'ipv6') {
    return { ...plain, bits };
  }
  // A mapped range reaching beyond ::ffff:0:0/96 has no IPv4 form.
  return bits < MAPPED_BITS ? undefined : { ...plain, bits: bits - MAPPED_BITS };
}
