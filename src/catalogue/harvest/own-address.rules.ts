import type { FieldError } from '../../kernel/errors.js';
import type { HarvestedDescription } from './mapping/harvested-record.rules.js';

/** That a record is one of ours, come back by way of another catalogue: it would be here twice, and come back again. */
export function ownAddressFault(
  publicUrl: string,
  identifier: string,
  { landingPage, distributions }: HarvestedDescription,
): FieldError | undefined {
  const isOwn = (address: string | undefined): boolean =>
    address === publicUrl || address?.startsWith(`${publicUrl}/`) === true;
  const addresses = distributions.flatMap(({ downloadUrl, accessUrl }) => [downloadUrl, accessUrl]);
  return [identifier, landingPage, ...addresses].some(isOwn)
    ? { pointer: '/identifier', reason: 'is a dataset of this catalogue' }
    : undefined;
}
