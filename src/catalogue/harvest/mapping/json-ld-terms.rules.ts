import { membersOf, type Members } from './plain-text.rules.js';

/** Prefixes of catalogues; a context of the document's own may say otherwise. */
const PREFIXES = {
  adms: 'http://www.w3.org/ns/adms#',
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  dcterms: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  hydra: 'http://www.w3.org/ns/hydra/core#',
  locn: 'http://www.w3.org/ns/locn#',
  owl: 'http://www.w3.org/2002/07/owl#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  schema: 'http://schema.org/',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
} as const;

/** What the contexts of DCAT, DCAT-AP and DCAT-US call terms without a prefix. */
const BARE: Readonly<Record<string, string>> = {
  Catalog: 'dcat:Catalog',
  Dataset: 'dcat:Dataset',
  accessLevel: 'dct:accessRights',
  accessRights: 'dct:accessRights',
  accessURL: 'dcat:accessURL',
  accrualPeriodicity: 'dct:accrualPeriodicity',
  bbox: 'dcat:bbox',
  byteSize: 'dcat:byteSize',
  contactPoint: 'dcat:contactPoint',
  dataset: 'dcat:dataset',
  description: 'dct:description',
  distribution: 'dcat:distribution',
  downloadURL: 'dcat:downloadURL',
  endDate: 'dcat:endDate',
  fn: 'vcard:fn',
  format: 'dct:format',
  hasEmail: 'vcard:hasEmail',
  identifier: 'dct:identifier',
  keyword: 'dcat:keyword',
  landingPage: 'dcat:landingPage',
  language: 'dct:language',
  license: 'dct:license',
  mediaType: 'dcat:mediaType',
  modified: 'dct:modified',
  name: 'foaf:name',
  publisher: 'dct:publisher',
  rights: 'dct:rights',
  spatial: 'dct:spatial',
  startDate: 'dcat:startDate',
  temporal: 'dct:temporal',
  theme: 'dcat:theme',
  title: 'dct:title',
};

/** Contexts whose terms are those above. None is ever fetched: what a document means is not another server's to say. */
const KNOWN_CONTEXT =
  /^https?:\/\/(www\.w3\.org\/ns\/dcat|project-open-data\.cio\.gov\/|resources\.data\.gov\/|semiceu\.github\.io\/DCAT-AP\/|data\.europa\.eu\/)/;

/** What the names in a document stand for. */
export interface Terms {
  /** The IRI that a member's name or a type stands for; the name itself where it stands for none. */
  readonly iriOf: (name: string) => string;
  /** A member by the name of a keyword, `@id` or `@type`, or by what the context calls it. */
  readonly keyword: (node: Members, keyword: '@id' | '@type') => unknown;
}

/** Of a context that is a list, the parts; of one elsewhere, which is not known. */
export function contextFault(context: unknown): string | undefined {
  const parts: readonly unknown[] = Array.isArray(context) ? context : [context];
  const isForeign = parts.some((part) => typeof part === 'string' && !KNOWN_CONTEXT.test(part));
  return isForeign ? 'names a @context that is not known, and none is fetched' : undefined;
}

/** @see https://www.w3.org/TR/json-ld11/#the-context, as far as catalogues use it: prefixes, terms, aliases and @vocab. */
export function readTerms(context: unknown): Terms {
  const parts: readonly unknown[] = Array.isArray(context) ? context : [context];
  const own = new Map(
    parts
      .flatMap((part) => Object.entries(membersOf(part)))
      .map(([name, value]) => [name, idIn(value)]),
  );
  const vocab = own.get('@vocab') ?? '';
  const expand = (name: string): string => {
    const [prefix, rest] = parted(name);
    const base = rest === undefined ? undefined : (own.get(prefix) ?? prefixOf(prefix));
    return base === undefined ? name : base + (rest ?? '');
  };
  const iriOf = (name: string): string => {
    const said = own.get(name) ?? (Object.hasOwn(BARE, name) ? BARE[name] : undefined);
    const iri = expand(said ?? name);
    const full = iri === name && !name.includes(':') && !name.startsWith('@') ? vocab + name : iri;
    // DCAT-US writes some terms so, since its first version.
    return full.replace('http://purl.org/dc/terms/#', PREFIXES.dct);
  };
  const aliases = { '@id': aliasOf(own, '@id'), '@type': aliasOf(own, '@type') };
  return { iriOf, keyword: (node, keyword) => node[keyword] ?? node[aliases[keyword]] };
}

function idIn(value: unknown): string | undefined {
  const id = typeof value === 'string' ? value : membersOf(value)['@id'];
  return typeof id === 'string' ? id : undefined;
}

function aliasOf(own: ReadonlyMap<string, string | undefined>, keyword: string): string {
  return [...own].find(([, value]) => value === keyword)?.[0] ?? keyword;
}

/** `dct:title` is a prefix and a rest; an address is not (JSON-LD 1.1 section 3.2). */
function parted(name: string): [string, string?] {
  const at = name.indexOf(':');
  return at < 0 || name.startsWith('//', at + 1) ? [name] : [name.slice(0, at), name.slice(at + 1)];
}

function prefixOf(prefix: string): string | undefined {
  return Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix as keyof typeof PREFIXES] : undefined;
}

/** The IRI of a name with one of the prefixes above. */
export function iri(name: `${keyof typeof PREFIXES}:${string}`): string {
  const [prefix, rest = ''] = parted(name);
  return (prefixOf(prefix) ?? '') + rest;
}
