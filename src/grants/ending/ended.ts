import type { ProjectUse } from '../closure/closures.repository.js';

/** What a cause did to grants. */
export interface Ended {
  readonly ended: number;
  /** Those that ended and those that go on otherwise: what nodes must hear of. */
  readonly changed: number;
  readonly uses: readonly ProjectUse[];
}

/** The distinct uses of agreements by projects among many grants: few, however many grants end. */
export class Uses {
  private readonly known = new Map<string, ProjectUse>();

  add(grants: readonly ProjectUse[]): void {
    for (const { projectId, agreementId } of grants) {
      this.known.set(`${projectId} ${agreementId}`, { projectId, agreementId });
    }
  }

  all(): readonly ProjectUse[] {
    return [...this.known.values()];
  }
}
