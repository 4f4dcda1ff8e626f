import { describe, type HarvestedRecord, type RecordSource } from './harvested-record.rules.js';
import { GraphNode } from './json-ld-graph.rules.js';
import { firstText } from './plain-text.rules.js';
import { accessOf } from './terms.rules.js';

const PLACE_NAMES = ['skos:prefLabel', 'rdfs:label', 'locn:geographicName'] as const;

/** A dataset of a DCAT catalogue. @see https://semiceu.github.io/DCAT-AP/releases/3.0.0/ */
export function readDcatDataset(raw: unknown, source: RecordSource): HarvestedRecord {
  if (!(raw instanceof GraphNode)) {
    return { identifier: null, refused: [{ pointer: '', reason: 'is no dcat:Dataset' }] };
  }
  const areas = raw.nodes('dct:spatial');
  const [startsOn, endsOn] = periodOf(raw);
  const distributions = raw.nodes('dcat:distribution');
  return describe(
    {
      // A name that is an address is good everywhere; an identifier only in its catalogue.
      identifier: firstText(
        raw.isNamed ? raw.id : undefined,
        raw.text('dct:identifier', 'dcat:identifier'),
      ),
      title: raw.text('dct:title'),
      description: raw.text('dct:description'),
      publisher: nameOf(raw),
      contact: contactIn(raw),
      access: accessIn(raw),
      accessReason: firstText(
        raw.nodes('dct:rights')[0]?.text('rdfs:label'),
        raw.text('dct:rights'),
      ),
      licence: [raw, ...distributions].flatMap((one) => licenceIn(one) ?? [])[0],
      keywords: raw.texts('dcat:keyword'),
      themes: raw.ids('dcat:theme'),
      languages: raw.ids('dct:language'),
      frequency: raw.ids('dct:accrualPeriodicity')[0],
      spatial: firstOf(areas, (one) => one.text(...PLACE_NAMES)) ?? areaInWords(raw),
      area: firstOf(areas, (one) => one.text('dcat:bbox', 'locn:geometry')),
      startsOn,
      endsOn,
      landingPage: raw.ids('dcat:landingPage')[0],
      distributions: distributions.map(distributionOf),
    },
    source,
  );
}

/** Catalogues say one thing of an area here and another there. */
function firstOf<T>(nodes: readonly GraphNode[], read: (node: GraphNode) => T): T | undefined {
  return nodes.map(read).find((found) => found !== undefined);
}

/** DCAT-US has words where DCAT has a place; a place that is only named by its address says nothing to a reader. */
function areaInWords(dataset: GraphNode): string | undefined {
  return dataset.texts('dct:spatial').find((text) => !URL.canParse(text));
}

/** Days as DCAT keeps them, or an interval of ISO 8601, as DCAT-US does. */
function periodOf(dataset: GraphNode): readonly (string | undefined)[] {
  const [period] = dataset.nodes('dct:temporal');
  return period === undefined
    ? (dataset.text('dct:temporal') ?? '').split('/')
    : [
        period.text('dcat:startDate', 'schema:startDate'),
        period.text('dcat:endDate', 'schema:endDate'),
      ];
}

function nameOf(dataset: GraphNode): string | undefined {
  const [publisher] = dataset.nodes('dct:publisher');
  return publisher?.text('foaf:name', 'vcard:fn', 'skos:prefLabel');
}

function contactIn(dataset: GraphNode): string | undefined {
  const [contact] = [...dataset.nodes('dcat:contactPoint'), ...dataset.nodes('adms:contactPoint')];
  const mail = contact?.ids('vcard:hasEmail')[0]?.replace(/^mailto:/i, '');
  return firstText(mail, contact?.text('vcard:fn'));
}

function accessIn(dataset: GraphNode) {
  const labels = dataset
    .nodes('dct:accessRights')
    .flatMap((one) => [...one.texts('rdfs:label'), ...one.texts('skos:prefLabel')]);
  const said = [...dataset.ids('dct:accessRights'), ...labels];
  const known = said.map(accessOf).find((access) => access !== undefined);
  return said.length === 0 ? 'open' : (known ?? 'closed');
}

function licenceIn(node: GraphNode): string | undefined {
  const [licence] = node.nodes('dct:license');
  return licence?.isNamed === false
    ? licence.text('dct:title', 'rdfs:label')
    : node.ids('dct:license')[0];
}

function distributionOf(distribution: GraphNode) {
  const [format] = distribution.nodes('dct:format');
  return {
    title: firstText(distribution.text('dct:title'), distribution.text('dct:description')),
    mediaType: distribution.ids('dcat:mediaType')[0],
    format:
      format?.isNamed === false ? format.text('rdfs:label') : distribution.ids('dct:format')[0],
    downloadUrl: distribution.ids('dcat:downloadURL')[0],
    accessUrl: distribution.ids('dcat:accessURL')[0],
    byteSize: distribution.text('dcat:byteSize'),
    modified: distribution.text('dct:modified'),
  };
}
