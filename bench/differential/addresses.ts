/** An IP address as a number. An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is the IPv4 address. */
export interface Address {
  readonly width: 32 | 128;
  readonly value: bigint;
}

const MAPPED = 0xffffn;

/** @param text a valid address; its zone (`%eth0`) does not count. */
export function addressOf(text: string): Address {
  const [address = ''] = text.split('%');
  const value = address.includes(':') ? ipv6(address) : undefined;
  if (value === undefined) {
    return { width: 32, value: ipv4(address) };
  }
  return value >> 32n === MAPPED
    ? { width: 32, value: value & 0xffffffffn }
    : { width: 128, value };
}

/** A range; a range of addresses that are IPv4 written as IPv6 is one of IPv4. @param text a valid CIDR range. */
export function rangeOf(text: string): Address & { readonly bits: number } {
  const [network = '', length = ''] = text.split('/');
  const address = addressOf(network);
  const isMapped = address.width === 32 && network.includes(':');
  return { ...address, bits: Number(length) - (isMapped ? 96 : 0) };
}

/** Text that every parser reads alike: four decimal numbers, or eight hexadecimal groups. */
export function plainText({ width, value }: Address): string {
  const [size, count, radix, separator] = width === 32 ? [8, 4, 10, '.'] : [16, 8, 16, ':'];
  return Array.from({ length: count }, (_, at) => {
    const shift = BigInt(size * (count - 1 - at));
    return ((value >> shift) & BigInt(2 ** size - 1)).toString(radix);
  }).join(separator);
}

const ipv4 = (text: string): bigint =>
  text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);

function ipv6(text: string): bigint {
  const [head = '', tail] = text.split('::').map((side) => (side === '' ? [] : groupsOf(side)));
  const [first, last] = [head === '' ? [] : head, tail ?? []];
  const gap = Array.from({ length: 8 - first.length - last.length }, () => 0n);
  return [...first, ...gap, ...last].reduce((sum, group) => (sum << 16n) | group, 0n);
}

// The last group may be an IPv4 address, which is two.
const groupsOf = (side: string): bigint[] =>
  side.split(':').flatMap((group) => {
    const value = group.includes('.') ? ipv4(group) : undefined;
    return value === undefined ? [BigInt(`0x${group}`)] : [value >> 16n, value & 0xffffn];
  });
