import { lookup as resolve } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { Config } from '../../config/config.js';
import { ConcordatError } from '../../kernel/errors.js';

const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');
const RESOLVE_TIMEOUT_MS = 3_000;

interface Address {
  readonly address: string;
  readonly family: number;
}

/** What of the configuration says where the broker may connect to. */
export type EgressRules = Pick<Config, 'environment' | 'storeEndpointHosts' | 'egressAllowCidrs'>;

/**
 * Decides which hosts the broker may connect to for a partner: named hosts, https, public addresses. The address checked is
 * the address connected to, so that a name cannot be rebound in between.
 * @see grants-and-delivery section 6
 */
@Injectable()
export class EgressGuard {
  constructor(@Inject(Config) private readonly config: EgressRules) {}

  /**
   * @param endpoint `https://host[:port]`; http only outside production.
   * @throws ConcordatError `endpoint_refused` (422) naming `pointer` and the reason.
   */
  async check(endpoint: string, pointer = '/endpoint'): Promise<void> {
    const fault = this.endpointFault(endpoint);
    if (fault !== undefined) {
      throw refused(pointer, fault);
    }
    const host = new URL(endpoint).hostname;
    try {
      await this.addressesOf(host);
    } catch (error) {
      throw refused(pointer, error instanceof AddressRefused ? error.message : 'does not resolve');
    }
  }

  /** A `lookup` for an agent: resolves, checks every address, and hands out only what was checked. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.addressesOf(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all === true) {
          callback(null, addresses as Address[]);
        } else {
          callback(null, first?.address ?? '', first?.family);
        }
      },
      (error: unknown) => {
        callback(error as NodeJS.ErrnoException, '', 0);
      },
    );
  };

  /** False for a literal address that is not permitted; the addresses of a name are checked by `lookup`. */
  permitsHost(hostname: string): boolean {
    const literal = hostname.replace(/^\[|\]$/g, '');
    return !ipaddr.isValid(literal) || this.isPermitted(literal);
  }

  /** The hostname of a numeric endpoint never reaches `lookup`: it is checked here, before each connection. */
  endpointFault(endpoint: string): string | undefined {
    if (endpoint.length > 300 || !URL.canParse(endpoint)) {
      return 'must be a URL of a host';
    }
    const url = new URL(endpoint);
    if (url.protocol !== 'https:' && (url.protocol !== 'http:' || this.isProduction)) {
      return 'must use https';
    }
    // Comparing with the origin refuses user, password, path, query and fragment, and odd spellings of a host.
    if (url.origin !== endpoint) {
      return 'must be only scheme, host and port';
    }
    if (!this.isListed(url.hostname)) {
      return 'is not on the list of permitted hosts';
    }
    return this.permitsHost(url.hostname) ? undefined : 'is not a public address';
  }

  private get isProduction(): boolean {
    return this.config.environment === 'production';
  }

  private isListed(host: string): boolean {
    return this.config.storeEndpointHosts.some((entry) =>
      entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry,
    );
  }

  private async addressesOf(hostname: string): Promise<readonly Address[]> {
    const host = hostname.replace(/^\[|\]$/g, '');
    const addresses = await withTimeout(resolve(host, { all: true }));
    if (addresses.length === 0 || !addresses.every(({ address }) => this.isPermitted(address))) {
      throw new AddressRefused('resolves to an address that is not public');
    }
    return addresses;
  }

  private isPermitted(text: string): boolean {
    const address = unwrap(text);
    const isExcepted = this.config.egressAllowCidrs.some((cidr) => {
      const [network, bits] = ipaddr.parseCIDR(cidr);
      return network.kind() === address.kind() && address.match(network, bits);
    });
    return isExcepted || address.range() === 'unicast';
  }
}

class AddressRefused extends Error {}

// An IPv6 address may carry an IPv4 one: mapped, NAT64 or 6to4. What counts is where the packet ends up.
function unwrap(text: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv6) {
    const bytes = address.toByteArray();
    if (address.match(NAT64)) {
      return new ipaddr.IPv4(bytes.slice(12));
    }
    if (address.range() === '6to4') {
      return new ipaddr.IPv4(bytes.slice(2, 6));
    }
  }
  return address;
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('Name resolution timed out'));
    }, RESOLVE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function refused(pointer: string, reason: string): ConcordatError {
  return new ConcordatError('endpoint_refused', { errors: [{ pointer, reason }] });
}
