const DELIVERIES: Readonly<Record<string, string>> = {
  stream: 'Through Concordat',
  presign: 'Signed links to the store',
  sts: 'Short-lived store keys',
  feed: 'Live feed',
  view: 'Minimised view',
  aggregate: 'Aggregates only',
};

/** How data is handed over, by its mode. */
export function deliveryInWords(mode: string): string {
  return DELIVERIES[mode] ?? mode;
}
