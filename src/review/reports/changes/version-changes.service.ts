import { Injectable } from '@nestjs/common';
import { compareTerms, type TermChange } from '../../../agreements/versions/term-changes.rules.js';
import type { Principal } from '../../../identity/principal.js';
import { Database } from '../../../platform/database/database.js';
import { Offices } from '../../offices.service.js';
import type { NamedEventView } from '../named-events.service.js';
import { Pseudonyms } from '../../pseudonyms.service.js';
import {
  versionPairsStatement,
  type VersionKey,
  type VersionPairRow,
} from './version-changes.repository.js';

type Change = { readonly [K in keyof TermChange]: TermChange[K] };

// No interface: that would be no Json, as the fields of an event are.
/** What a version says otherwise than the one that it was made from. */
type VersionChangesView = {
  readonly from: number;
  readonly to: number;
  /** Material or administrative (R3.2). */
  readonly amendment: string | null;
  /** Term by term, with both values, people by pseudonym. Null: the older version did not name the reader's organisation. */
  readonly changes: readonly Change[] | null;
};

/** Something that was done to a thing; of a version that was settled, with what it changes. */
export type ChangeView = NamedEventView & { readonly versionChanges: VersionChangesView | null };

/** With these a version's terms are settled, or in force. */
const SETTLING: readonly string[] = [
  'agreement.locked',
  'agreement.attested',
  'agreement.activated',
];

/** Beside the events of an agreement, the values that they are about: an event holds digests alone. */
@Injectable()
export class VersionChanges {
  constructor(
    private readonly database: Database,
    private readonly offices: Offices,
    private readonly pseudonyms: Pseudonyms,
  ) {}

  async beside(
    principal: Principal,
    events: readonly NamedEventView[],
  ): Promise<readonly ChangeView[]> {
    const found = await this.find(principal, events.flatMap(settledBy));
    return events.map((event) => {
      const [version] = settledBy(event);
      return { ...event, versionChanges: (version && found.get(keyOf(version))) ?? null };
    });
  }

  private async find(
    principal: Principal,
    versions: readonly VersionKey[],
  ): Promise<ReadonlyMap<string, VersionChangesView>> {
    if (versions.length === 0) {
      return new Map();
    }
    const { sees } = this.offices.of(principal);
    const { sql, params } = versionPairsStatement(versions, sees);
    const rows = await this.database.manager.query<VersionPairRow[]>(sql, params);
    const views = rows.map((row) => [keyOf(row), toView(row)] as const);
    return new Map(await this.pseudonyms.replaceIn(views));
  }
}

function settledBy({ type, ...fields }: NamedEventView): readonly VersionKey[] {
  const { agreementId, agreementVersion: version } = fields;
  const isSettled = SETTLING.includes(type);
  return isSettled && typeof agreementId === 'string' && typeof version === 'number'
    ? [{ agreementId, version }]
    : [];
}

function keyOf({ agreementId, version }: VersionKey): string {
  return `${agreementId}/${String(version)}`;
}

function toView({ version, amends, amendment, terms, before }: VersionPairRow): VersionChangesView {
  const changes = before && compareTerms(before, terms);
  return { from: amends, to: version, amendment, changes };
}
