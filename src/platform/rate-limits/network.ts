import ipaddr from 'ipaddr.js';

/** Whose an address is, as far as it tells: of IPv6 everybody has a whole /64 to call from. */
export function networkOf(ip: string): string {
  if (!ipaddr.isValid(ip)) {
    return ip;
  }
  const address = ipaddr.process(ip);
  return address instanceof ipaddr.IPv6
    ? address.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')
    : address.toString();
}
