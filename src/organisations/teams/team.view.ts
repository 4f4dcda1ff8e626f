/** A team as others see it. */
export interface TeamView {
  readonly id: string;
  readonly name: string;
  readonly purpose: string | null;
  readonly contact: string;
}

/** A team as its organisation sees it, with its live members. */
export interface OwnTeamView extends TeamView {
  readonly isPublic: boolean;
  readonly members: readonly {
    readonly membershipId: string;
    readonly personId: string;
    readonly name: string | null;
    readonly position: string;
  }[];
}
