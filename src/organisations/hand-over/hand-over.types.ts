import type { Principal } from '../../identity/principal.js';
import type { Lock } from '../../kernel/lock-order.js';
import type { Database, Tx } from '../../platform/database/database.js';

/** Why the successor does not take something over. */
type Obstacle =
  /** They do not hold the roles that it takes. */
  | 'successor_lacks_role'
  /** They do not work in the project. */
  | 'successor_not_in_project'
  /** Terms that were signed name the person: only an amendment changes them. */
  | 'needs_amendment'
  /** A draft names the person: whoever drafts it puts in another. */
  | 'draft_names_them'
  /** It is the person's alone, and ends with the membership. */
  | 'personal';

/** Something that a member holds in an organisation. */
export interface Holding {
  readonly kind:
    | 'service_account'
    | 'project_lead'
    | 'agreement_signatory'
    | 'agreement_dpo'
    | 'standing_decider'
    | 'grant';
  /** Of the account, project, agreement or grant. */
  readonly id: string;
  readonly label: string;
  /** Null: the successor takes it over. */
  readonly obstacle: Obstacle | null;
}

/** Whose holdings, in which organisation. */
export interface Holder {
  readonly personId: string;
  readonly organisationId: string;
}

/** What a folder says and does of the things that members hold there. Registered at boot. */
export interface HandOverHandler {
  /**
   * @param successorId undefined while nobody is named: what somebody could take over has no obstacle then.
   * @param limit how many to name at most.
   */
  plan(
    manager: Database['manager'],
    holder: Holder,
    successorId: string | undefined,
    limit: number,
  ): Promise<readonly Holding[]>;
  /** What is locked before a holding is passed on, besides both people. */
  lockOf?(holding: Holding): Lock;
  /** Absent where nothing is ever passed on. Writes its event. */
  pass?(
    tx: Tx,
    by: Principal,
    holding: Holding,
    between: { readonly from: Holder; readonly successorId: string },
  ): Promise<void>;
}
