import type { Vocabularies } from '../../../agreements/vocabularies.js';
import type { LawInWords } from '../../forms/decision-record.types.js';
import { labelOf, lawOf } from '../../forms/decision-record.view.js';
import type { DisclosureView } from '../disclosures/disclosure.view.js';
import type { BasisRow, SignOffFact } from './basis.repository.js';

/** On what a disclosure rested: purpose, law, the version that was signed, and by whom. People by pseudonym (R5.7). */
export interface BasisView extends Pick<BasisRow, 'grant' | 'decision'> {
  readonly disclosure: DisclosureView;
  readonly accessRequest: BasisRow['request'] & { readonly purposeLabel: string };
  readonly agreement: BasisRow['version'] & {
    readonly signing: string;
    readonly objective: string;
    readonly necessity: string;
    /** `namesVersion`: the hash that was signed is that of this version. */
    readonly signOffs: readonly (SignOffFact & { readonly namesVersion: boolean })[];
  };
  readonly law: readonly LawInWords[];
  /** Whether the requester had accepted this version. */
  readonly undertakingNamesVersion: boolean;
}

export function toBasisView(
  disclosure: DisclosureView,
  row: BasisRow,
  codes: Vocabularies['terms'],
): BasisView {
  const { provider, requesting, grant, request, decision, version, terms, acceded } = row;
  return {
    disclosure,
    grant,
    accessRequest: { ...request, purposeLabel: labelOf(codes.purpose, request.purpose) },
    decision,
    agreement: {
      ...version,
      signing: terms.signing,
      objective: terms.objective,
      necessity: terms.necessity,
      signOffs: row.signOffs.map((signOff) => ({
        ...signOff,
        namesVersion: signOff.versionHash === version.versionHash,
      })),
    },
    law: lawOf({ provider, requesting, agreement: { terms, acceded } }, codes),
    undertakingNamesVersion: request.undertakenHash === version.versionHash,
  };
}
