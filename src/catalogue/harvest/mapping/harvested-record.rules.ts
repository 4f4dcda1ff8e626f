import type { FieldError } from '../../../kernel/errors.js';
import type { BoundingBox, DatasetAccess, Temporal, Theme } from '../../dataset.types.js';
import { publicAddressFault } from '../../public-address.rules.js';
import { boxOf, instantOf, temporalOf } from './coverage.rules.js';
import { mediaTypeOf } from './media-types.rules.js';
import { cut, firstText, plainText } from './plain-text.rules.js';
import { frequencyOf, languagesOf, themesOf } from './terms.rules.js';

/** What a source says of one dataset, each value where its format keeps it and as it came. */
export interface Said {
  readonly identifier: unknown;
  readonly title: unknown;
  readonly description: unknown;
  readonly publisher: unknown;
  readonly contact: unknown;
  readonly access: DatasetAccess;
  readonly accessReason: unknown;
  readonly licence: unknown;
  readonly keywords: readonly unknown[];
  readonly themes: readonly unknown[];
  readonly languages: readonly unknown[];
  readonly frequency: unknown;
  readonly spatial: unknown;
  readonly area: unknown;
  readonly startsOn: unknown;
  readonly endsOn: unknown;
  readonly landingPage: unknown;
  readonly distributions: readonly SaidDistribution[];
}

interface SaidDistribution {
  readonly title: unknown;
  readonly mediaType: unknown;
  readonly format: unknown;
  readonly downloadUrl: unknown;
  readonly accessUrl: unknown;
  readonly byteSize: unknown;
  readonly modified: unknown;
}

/** Where a record comes from, for what it does not say itself. */
export interface RecordSource {
  readonly name: string;
  readonly url: string;
  /** Codes of the vocabulary. */
  readonly frequencies: ReadonlySet<string>;
}

/** A description as a dataset's DTO takes it, without what the source decides for all of its records. */
export interface HarvestedDescription {
  readonly title: string;
  readonly description: string;
  readonly publisher: string;
  readonly contact: string;
  readonly access: DatasetAccess;
  readonly accessReason?: string;
  readonly keywords: readonly string[];
  readonly themes: readonly Theme[];
  readonly languages: readonly string[];
  readonly frequency?: string;
  readonly spatial?: string;
  readonly bbox?: BoundingBox;
  readonly temporal?: Temporal;
  readonly licence?: string;
  readonly landingPage?: string;
  readonly distributions: readonly HarvestedDistribution[];
}

interface HarvestedDistribution {
  readonly title: string;
  readonly mediaType: string;
  readonly downloadUrl?: string;
  readonly accessUrl?: string;
  readonly byteSize?: number;
  readonly modified?: string;
}

/** One record: as it can be taken in, with what of it was left out; or why it cannot. */
export type HarvestedRecord =
  | {
      readonly identifier: string;
      readonly description: HarvestedDescription;
      readonly leftOut: readonly FieldError[];
    }
  | { readonly identifier: string | null; readonly refused: readonly FieldError[] };

const MAX_IDENTIFIER = 500;
const MAX_DISTRIBUTIONS = 50;
const MAX_KEYWORDS = 50;
const LICENCE_UNSTATED = 'Not stated by the source';
const REASON_UNSTATED = 'Not open at its source';
const AT_SOURCE = 'At its source';

/** Says in our words what a source says in its own. Nothing is guessed that would open something. */
export function describe(said: Said, source: RecordSource): HarvestedRecord {
  const identifier = plainText(said.identifier);
  const title = plainText(said.title);
  const refused = [
    ...identifierFaults(identifier),
    ...(title === undefined ? [{ pointer: '/title', reason: 'is required' }] : []),
  ];
  if (identifier === undefined || title === undefined || refused.length > 0) {
    const isKnown = identifier !== undefined && identifierFaults(identifier).length === 0;
    return { identifier: isKnown ? identifier : null, refused };
  }
  const leftOut: FieldError[] = [];
  const landingPage = address('/landingPage', said.landingPage, leftOut);
  const description: HarvestedDescription = {
    title: shortened('/title', title, 200, leftOut),
    description: shortened('/description', plainText(said.description) ?? title, 5_000, leftOut),
    publisher: cut(firstText(said.publisher, source.name) ?? source.url, 200),
    contact: cut(firstText(said.contact, landingPage, source.url) ?? source.url, 300),
    ...accessIn(said),
    ...classifiedIn(said, source, leftOut),
    ...coverageIn(said, leftOut),
    ...(landingPage === undefined ? {} : { landingPage }),
    distributions: distributionsIn(said, landingPage, leftOut),
  };
  return { identifier, description, leftOut };
}

function identifierFaults(identifier: string | undefined): FieldError[] {
  const pointer = '/identifier';
  if (identifier === undefined) {
    return [{ pointer, reason: 'is required' }];
  }
  return identifier.length <= MAX_IDENTIFIER
    ? []
    : [{ pointer, reason: `must have at most ${String(MAX_IDENTIFIER)} characters` }];
}

function accessIn({ access, accessReason, licence }: Said) {
  return access === 'open'
    ? { access, licence: cut(plainText(licence) ?? LICENCE_UNSTATED, 500) }
    : { access, accessReason: cut(plainText(accessReason) ?? REASON_UNSTATED, 2_000) };
}

function classifiedIn(said: Said, source: RecordSource, leftOut: FieldError[]) {
  const frequency = frequencyOf(said.frequency, source.frequencies);
  if (frequency === undefined && plainText(said.frequency) !== undefined) {
    leftOut.push({ pointer: '/frequency', reason: 'is no term of the vocabulary' });
  }
  return {
    keywords: keywordsIn(said.keywords, leftOut),
    themes: themesOf(said.themes),
    languages: languagesOf(said.languages),
    ...(frequency === undefined ? {} : { frequency }),
  };
}

function keywordsIn(values: readonly unknown[], leftOut: FieldError[]): readonly string[] {
  const all = [...new Set(values.map(plainText).filter((text) => text !== undefined))];
  const kept = all.filter(({ length }) => length <= 100).slice(0, MAX_KEYWORDS);
  if (kept.length < all.length) {
    const reason = `keeps ${String(kept.length)} of ${String(all.length)}: too long, or too many`;
    leftOut.push({ pointer: '/keywords', reason });
  }
  return kept;
}

function coverageIn(said: Said, leftOut: FieldError[]) {
  const spatial = plainText(said.spatial);
  const bbox = boxOf(said.area);
  const temporal = temporalOf(said.startsOn, said.endsOn);
  if (bbox === undefined && said.area !== undefined && said.area !== null && said.area !== '') {
    leftOut.push({ pointer: '/bbox', reason: 'is no area of WGS 84 that is understood' });
  }
  if (temporal === undefined && firstText(said.startsOn, said.endsOn) !== undefined) {
    leftOut.push({ pointer: '/temporal', reason: 'must be days, the first not after the last' });
  }
  return {
    ...(spatial === undefined ? {} : { spatial: cut(spatial, 500) }),
    ...(bbox === undefined ? {} : { bbox }),
    ...(temporal === undefined ? {} : { temporal }),
  };
}

function distributionsIn(
  { access, distributions }: Said,
  landingPage: string | undefined,
  leftOut: FieldError[],
): readonly HarvestedDistribution[] {
  const few = distributions.slice(0, MAX_DISTRIBUTIONS);
  if (few.length < distributions.length) {
    const reason = `keeps ${String(MAX_DISTRIBUTIONS)} of ${String(distributions.length)}`;
    leftOut.push({ pointer: '/distributions', reason });
  }
  if (access !== 'open') {
    // Where data lies that is not open is nobody's to read here, whatever its source says.
    return few.map(formOf);
  }
  const open = few.flatMap((one, at) => placed(one, `/distributions/${String(at)}`, leftOut));
  return open.length > 0 || landingPage === undefined
    ? open
    : [{ title: AT_SOURCE, mediaType: 'text/html', accessUrl: landingPage }];
}

function placed(
  said: SaidDistribution,
  base: string,
  leftOut: FieldError[],
): readonly HarvestedDistribution[] {
  const downloadUrl = address(`${base}/downloadUrl`, said.downloadUrl, leftOut);
  const accessUrl = address(`${base}/accessUrl`, said.accessUrl, leftOut);
  if (downloadUrl === undefined && accessUrl === undefined) {
    if (firstText(said.downloadUrl, said.accessUrl) === undefined) {
      leftOut.push({ pointer: base, reason: 'has no address' });
    }
    return [];
  }
  return [
    {
      ...formOf(said),
      ...(downloadUrl === undefined ? {} : { downloadUrl }),
      ...(accessUrl === undefined ? {} : { accessUrl }),
    },
  ];
}

function formOf(said: SaidDistribution): HarvestedDistribution {
  const byteSize = typeof said.byteSize === 'string' ? Number(said.byteSize) : said.byteSize;
  const modified = instantOf(said.modified);
  return {
    title: cut(firstText(said.title, said.format) ?? 'Data', 200),
    mediaType: mediaTypeOf(said.mediaType, said.format),
    ...(typeof byteSize === 'number' && Number.isSafeInteger(byteSize) && byteSize > 0
      ? { byteSize }
      : {}),
    ...(modified === undefined ? {} : { modified }),
  };
}

function address(pointer: string, value: unknown, leftOut: FieldError[]): string | undefined {
  const text = plainText(value);
  if (text === undefined) {
    return undefined;
  }
  const reason =
    text.length > 2_000 ? 'must have at most 2000 characters' : publicAddressFault(text);
  if (reason !== undefined) {
    leftOut.push({ pointer, reason });
    return undefined;
  }
  return text;
}

function shortened(pointer: string, text: string, max: number, leftOut: FieldError[]): string {
  if (text.length > max) {
    leftOut.push({ pointer, reason: `was cut at ${String(max)} characters` });
  }
  return cut(text, max);
}
