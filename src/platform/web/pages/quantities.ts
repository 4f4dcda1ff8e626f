const STEP = 1024;
const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

/** `512 bytes`, `3.9 MiB`: in the unit that leaves at most four digits before the point. */
export function formatBytes(bytes: number): string {
  const power = Math.min(
    UNITS.length - 1,
    bytes < STEP ? 0 : Math.floor(Math.log(bytes) / Math.log(STEP)),
  );
  const unit = UNITS[power] ?? 'bytes';
  return `${(power === 0 ? whole : tenths).format(bytes / STEP ** power)} ${unit}`;
}
