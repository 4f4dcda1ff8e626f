/** What a receipt holds: a leaf, its place, its path and the checkpoint that it leads to. */
export interface TlogProof {
  readonly leaf: Buffer;
  readonly index: bigint;
  readonly path: readonly Buffer[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
}

/** @see C2SP tlog-proof */
export function tlogProof({ leaf, index, path, checkpoint }: TlogProof): string {
  const lines = [
    'c2sp.org/tlog-proof@v1',
    `extra ${leaf.toString('base64')}`,
    `index ${index.toString()}`,
    ...path.map((hash) => hash.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}
