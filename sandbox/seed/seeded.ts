/** What seeding made, as `sandbox.json` tells it, with the ids that the demo goes on from. */
export interface Seeded {
  readonly stores: readonly SeededStore[];
  readonly datasets: readonly { readonly id: string; readonly title: string }[];
  readonly agreements: readonly { readonly id: string; readonly title: string }[];
  readonly projectId: string;
  readonly accessRequestId: string;
  /** Null where nobody puts anything into one. */
  readonly feed: SeededShare | null;
  /** Boundaries, as URLs of the store itself. */
  readonly direct: SeededShare | null;
}

/** A dataset with an agreement of its own and an approved request under it. */
export interface SeededShare {
  readonly dataset: { readonly id: string; readonly title: string };
  readonly agreement: { readonly id: string; readonly title: string };
  readonly accessRequestId: string;
}

export interface SeededStore {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly bucket: string;
}
