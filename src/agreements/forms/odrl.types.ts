/** A constraint: every operand is a string, its kind said by `dataType` where it is no plain text. */
export interface OdrlConstraint {
  readonly leftOperand: string;
  readonly operator: string;
  readonly rightOperand: string;
  readonly dataType?: string;
}

/** One of them must hold. */
interface OdrlAlternative {
  readonly '@type': 'LogicalConstraint';
  readonly or: { readonly '@list': readonly OdrlConstraint[] };
}

export type OdrlLimit = OdrlConstraint | OdrlAlternative;

/** A permission or a prohibition: one action on one target. */
export interface OdrlRule {
  readonly target: string;
  readonly action: string;
  readonly assigner: string;
  readonly assignee: readonly string[];
  readonly constraint?: readonly OdrlLimit[];
}

/** What an assignee owes. */
export interface OdrlDuty extends OdrlRule {
  /** Whom to tell; with `inform`. */
  readonly informedParty?: readonly string[];
}

/** An agreement version as an ODRL 2.2 policy of the type Agreement, in JSON-LD. */
export interface OdrlAgreement {
  readonly '@context': string;
  readonly '@type': 'Agreement';
  readonly uid: string;
  readonly profile: string;
  readonly 'dct:title': string;
  readonly 'dct:identifier': string;
  readonly 'schema:version': string;
  readonly 'schema:sha256': string;
  readonly permission?: readonly OdrlRule[];
  readonly prohibition?: readonly OdrlRule[];
  readonly obligation: readonly OdrlDuty[];
}
