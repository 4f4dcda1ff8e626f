import type { FieldError } from '../../kernel/errors.js';
import { holdsClass } from './terms-classes.rules.js';
import { dutyKey, type TermsFacts } from './terms-facts.js';
import type { DeliveryMode, DraftTerms, Release } from './terms.types.js';

/** How long a mode goes on after a revocation, in seconds (domain.md section 2, `maxRevocationSeconds`). */
const REVOCATION_SECONDS: Readonly<Record<DeliveryMode, number>> = {
  stream: 1,
  presign: 120,
  sts: 900,
  feed: 1,
  view: 1,
  aggregate: 1,
};

const MODES_OF: Readonly<Record<Release, readonly DeliveryMode[]>> = {
  raw: ['stream', 'presign', 'sts', 'feed'],
  view: ['view'],
  aggregate: ['aggregate'],
};

const ACTION_OF: Readonly<Record<DeliveryMode, string>> = {
  stream: 'dataset:read',
  presign: 'dataset:read',
  sts: 'dataset:read',
  feed: 'feed:subscribe',
  view: 'view:read',
  aggregate: 'aggregate:query',
};

/** What leaves the broker's hands: it can neither count nor say where the bytes are fetched from. */
const DIRECT_MODES: readonly DeliveryMode[] = ['presign', 'sts'];

/** The access group: modes and actions fit the releases, and no mode breaks a promise of the terms. */
export function checkAccess(draft: DraftTerms, facts: TermsFacts): readonly FieldError[] {
  return [
    ...(draft.kind === 'framework' ? [] : checkModes(draft, facts)),
    ...checkActions(draft),
    ...checkDecider(draft, facts),
  ];
}

function checkModes(draft: DraftTerms, facts: TermsFacts): FieldError[] {
  const modes = draft.modes ?? [];
  const serves = (release: Release): boolean =>
    MODES_OF[release].some((mode) => modes.includes(mode));
  const releases = new Set((draft.items ?? []).flatMap(({ release }) => release ?? []));
  // Of one release alone, the modes at fault are named below.
  const unserved = releases.size > 1 ? [...releases].filter((release) => !serves(release)) : [];
  return [
    ...(draft.modes?.length === 0 ? [{ pointer: '/modes', reason: 'must name at least one' }] : []),
    ...unserved.map((release) => ({
      pointer: '/modes',
      reason: `serve no item of release ${release}`,
    })),
    ...modes.flatMap((mode, at) =>
      modeFaults(mode, draft, facts).map((reason) => ({ pointer: `/modes/${String(at)}`, reason })),
    ),
  ];
}

function modeFaults(mode: DeliveryMode, draft: DraftTerms, facts: TermsFacts): string[] {
  const items = draft.items ?? [];
  const seconds = REVOCATION_SECONDS[mode];
  const isDirect = DIRECT_MODES.includes(mode);
  const datasets = items.flatMap(({ datasetId }) => facts.datasets.get(datasetId ?? '') ?? []);
  const fits = items.some(
    ({ release }) => release === undefined || MODES_OF[release].includes(mode),
  );
  const rules: readonly (readonly [boolean, string])[] = [
    [items.length === 0 || fits, 'fits no release of the items'],
    [
      seconds <= (draft.maxRevocationSeconds ?? seconds),
      `takes ${String(seconds)} s to revoke: more than maxRevocationSeconds`,
    ],
    [
      !isDirect || !holdsClass(draft, 'special_category'),
      'special_category data does not leave the broker’s hands: use stream',
    ],
    [
      !isDirect || draft.maxDownloads === undefined,
      'cannot count downloads: leave maxDownloads out',
    ],
    [!isDirect || draft.maxBytes === undefined, 'cannot count bytes: leave maxBytes out'],
    [
      !isDirect || datasets.every(({ disclosesLocation }) => disclosesLocation),
      'every distribution of its datasets must disclose its location',
    ],
    [
      mode !== 'feed' || datasets.every(({ kind }) => kind === 'feed'),
      'every dataset must be a feed',
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, reason]) => reason);
}

function checkActions({ actions, modes, kind }: DraftTerms): FieldError[] {
  if (!actions || kind === 'framework') {
    return [];
  }
  const needed = new Set((modes ?? []).map((mode) => ACTION_OF[mode]));
  const missing = [...needed].filter((action) => !actions.includes(action));
  return [
    ...missing.map((action) => ({ pointer: '/actions', reason: `must include ${action}` })),
    ...actions.flatMap((action, at) =>
      action === 'dataset:request' || needed.has(action)
        ? []
        : [{ pointer: `/actions/${String(at)}`, reason: 'fits none of the modes' }],
    ),
  ];
}

function checkDecider(draft: DraftTerms, facts: TermsFacts): FieldError[] {
  const { approval, standingDecider } = draft;
  if (approval !== 'policy') {
    return [];
  }
  const { personId, position } = standingDecider ?? {};
  if (personId === undefined || position === undefined) {
    return [
      { pointer: '/standingDecider', reason: 'approval by policy needs a person and position' },
    ];
  }
  const isOwner = (draft.parties ?? []).some(
    ({ organisationId, dataRole }) =>
      organisationId !== undefined &&
      dataRole !== 'recipient' &&
      facts.duties.has(dutyKey(organisationId, personId, 'data_owner')),
  );
  return isOwner
    ? []
    : [{ pointer: '/standingDecider/personId', reason: 'is no data_owner of a provider' }];
}
