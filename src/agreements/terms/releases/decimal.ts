const DECIMALS = 18;
const DECIMAL = /^(-?)([0-9]{1,18})(?:[.]([0-9]{1,18}))?$/;

/** A decimal string of at most 18 digits before and after the point, exactly, in units of 10⁻¹⁸; null for any other text. */
export function readDecimal(text: string): bigint | null {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) {
    return null;
  }
  const units = BigInt(whole + fraction.padEnd(DECIMALS, '0'));
  return sign === '-' ? -units : units;
}

/** True of a decimal string above zero. */
export function isPositive(text: string): boolean {
  return (readDecimal(text) ?? 0n) > 0n;
}

/** True when the first is below the second; false of what is no decimal string. */
export function isBelow(one: string, other: string): boolean {
  const [low, high] = [readDecimal(one), readDecimal(other)];
  return low !== null && high !== null && low < high;
}

/** True when the value lies whole steps away from the origin. */
export function isOnGrid(value: string, step: string, origin = '0'): boolean {
  const [at, width, from] = [readDecimal(value), readDecimal(step), readDecimal(origin)];
  return at !== null && from !== null && width !== null && width > 0n && (at - from) % width === 0n;
}
