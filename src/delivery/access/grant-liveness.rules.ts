import type { DeliveryGrant } from '../delivery.types.js';

/**
 * True while a grant may be used: its status and its dates say so, and no change has outdated the caller's epoch. The date
 * is compared each time: no job must run first.
 */
export function isLive(
  { status, epoch, expiresAt }: Pick<DeliveryGrant, 'status' | 'epoch' | 'expiresAt'>,
  callerEpoch: number,
  now: Date,
): boolean {
  const isOpen = status === 'issued' || status === 'active';
  return isOpen && epoch === callerEpoch && expiresAt.getTime() > now.getTime();
}
