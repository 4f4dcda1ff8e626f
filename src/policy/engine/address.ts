import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

const MAPPED_BITS = 96;

export interface Cidr {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** An address in one form of text, and as ipaddr.js holds it. */
export interface PlainAddress extends Omit<Cidr, 'bits'> {
  readonly parsed: ipaddr.IPv4 | ipaddr.IPv6;
}

// The rules of one decision ask for one address, and name the same ranges, again and again.
const KEPT_TEXTS = 4_096;
const addresses = new LRUCache<string, PlainAddress>({ max: KEPT_TEXTS });
const ranges = new LRUCache<string, Cidr>({ max: KEPT_TEXTS });

// ipaddr.js takes the outdated `::10.0.0.1` for the mapped `::ffff:10.0.0.1`; behind a group it reads what is there.
const OUTDATED = /^::(?=\d+\.)/;

/** IPv4-mapped IPv6 becomes IPv4 (policy section 3). @param text an address that `isIP` accepts. */
export function plainAddress(text: string): PlainAddress {
  const known = addresses.get(text);
  if (known) {
    return known;
  }
  const parsed = ipaddr.process(text.replace(OUTDATED, '0::'));
  const plain = { parsed, address: parsed.toString(), family: parsed.kind() };
  addresses.set(text, plain);
  return plain;
}

/** A CIDR range of strict notation; undefined for octal, hexadecimal, shortened or zoned addresses. */
export function parseCidr(text: string): Cidr | undefined {
  const known = ranges.get(text);
  if (known) {
    return known;
  }
  const cidr = readCidr(text);
  if (cidr) {
    ranges.set(text, cidr);
  }
  return cidr;
}

function readCidr(text: string): Cidr | undefined {
  const [network = '', prefix = '', ...rest] = text.split('/');
  const family = isIP(network);
  const bits = Number(prefix);
  const isNotation = /^\d{1,3}$/.test(prefix) && rest.length === 0 && !network.includes('%');
  if (family === 0 || !isNotation || bits > (family === 4 ? 32 : 128)) {
    return undefined;
  }
  const plain = plainAddress(network);
  if (family === 4 || plain.family === 'ipv6') {
    return { address: plain.address, family: plain.family, bits };
  }
  // A mapped range reaching beyond ::ffff:0:0/96 has no IPv4 form.
  return bits < MAPPED_BITS
    ? undefined
    : { address: plain.address, family: plain.family, bits: bits - MAPPED_BITS };
}
