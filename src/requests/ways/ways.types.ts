/** How an agreement stands to the reader. */
export const STANDINGS = ['covers', 'joining', 'suspended', 'joinable'] as const;
export type Standing = (typeof STANDINGS)[number];

/** The shortest way to a dataset: what whoever asks does next. */
export type Way = 'open' | 'use' | 'request' | 'join' | 'ask' | 'none';

/** The place of one of the reader's organisations in an agreement; those that have left are none. */
export interface Place {
  readonly organisationId: string;
  readonly dataRole: string;
  readonly status: string;
}

/** What an agreement asks of those who use it. */
interface Needs {
  readonly accreditations: readonly string[];
  readonly trainings: readonly string[];
  readonly orgChecks: readonly string[];
  readonly minAuth: string;
  readonly modes: readonly string[];
  readonly maxGrantDays: number;
  readonly approval: string;
}

/** An agreement in force that has the dataset, and that the reader may know of. */
export interface AgreementOnDataset {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly endsAt: string;
  readonly isPublished: boolean;
  readonly admission: string;
  readonly lead: { readonly organisationId: string; readonly name: string } | null;
  readonly places: readonly Place[];
  readonly purposes: readonly string[];
  readonly needs: Needs;
}

/** An active project that the reader is in. */
export interface OwnProject {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly organisationId: string;
  readonly purposes: readonly string[];
}

/** What the reader has asked for already, and not ended. */
export interface OwnRequest {
  readonly id: string;
  readonly reference: string;
  readonly status: string;
  readonly projectId: string;
  readonly agreementId: string;
  /** A grant of it that is good now. */
  readonly grantId: string | null;
}

/** What of a dataset decides how it is had. */
export interface DatasetFacts {
  readonly access: string;
  readonly status: string;
  readonly isInStore: boolean;
  readonly distributions: readonly {
    readonly id: string;
    readonly title: string;
    readonly mediaType: string;
    readonly downloadUrl: string | null;
    readonly accessUrl: string | null;
  }[];
}

/** Where open data is: its bytes, or the page through which they are had. */
export interface OpenLink {
  readonly distributionId: string;
  readonly title: string;
  readonly mediaType: string;
  readonly downloadUrl: string | null;
  readonly accessUrl: string | null;
}

/** One agreement as a way to the dataset. */
export interface AgreementWay {
  readonly agreementId: string;
  readonly reference: string;
  readonly title: string;
  readonly standing: Standing;
  /** Who leads it, and so invites; null where nobody does at present. */
  readonly lead: { readonly organisationId: string; readonly name: string } | null;
  /** Who admits: `lead`, or the `providers`. */
  readonly admission: string;
  /** Null for who is no party, as the rest is. */
  readonly endsAt: string | null;
  readonly purposes: readonly string[] | null;
  readonly needs: Needs | null;
  /** The reader's organisations in it. */
  readonly places: readonly Place[];
  /** The reader's projects in which it may be asked for now, and for which of their purposes. */
  readonly projects: readonly Omit<OwnProject, 'organisationId'>[];
}

/** How the reader gets a dataset. */
export interface DatasetWaysView {
  readonly datasetId: string;
  readonly title: string;
  readonly status: string;
  readonly access: string;
  readonly accessReason: string | null;
  readonly licence: string;
  readonly isInStore: boolean;
  /** Of one that is withdrawn: where it is now, or why nowhere. */
  readonly forwardingNote: string | null;
  readonly shortest: Way;
  readonly links: readonly OpenLink[];
  readonly agreements: readonly AgreementWay[];
  /** There are more agreements than are shown. */
  readonly hasMoreAgreements: boolean;
  readonly requests: readonly OwnRequest[];
  readonly ask: {
    readonly organisationId: string;
    readonly publisher: string;
    readonly contact: string;
    readonly stewardContact: string | null;
  };
}
