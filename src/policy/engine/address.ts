import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const MAPPED_BITS = 96;

export interface Cidr {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

// ipaddr.js takes the outdated `::10.0.0.1` for the mapped `::ffff:10.0.0.1`; behind a group it reads what is there.
const OUTDATED = /^::(?=\d+\.)/;

/** IPv4-mapped IPv6 becomes IPv4 (policy section 3). @param text an address that `isIP` accepts. */
export function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.process(text.replace(OUTDATED, '0::'));
}

export function plainAddress(text: string): Pick<Cidr, 'address' | 'family'> {
  const address = parseAddress(text);
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
