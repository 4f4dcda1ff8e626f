import type { Request } from 'express';
import type { Config } from '../config/config.js';
import type { RequestSource } from './principal.service.js';

const COUNTRY = /^[A-Z]{2}$/;

/**
 * Where a request came from. The country is what a trusted proxy says, or the sandbox's fixed one; nobody else is believed.
 * @see architecture "Small decisions", Country
 */
export function sourceOf(request: Request, config: Config): RequestSource {
  const header = config.countryHeader;
  const isProxied = config.trustedProxies.length > 0 && request.ips.length > 0;
  const said = header !== undefined && isProxied ? request.get(header)?.toUpperCase() : undefined;
  const country = said !== undefined && COUNTRY.test(said) ? said : (config.fixedCountry ?? null);
  return { ip: request.ip ?? null, country };
}
