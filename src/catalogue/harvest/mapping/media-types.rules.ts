import { plainText } from './plain-text.rules.js';

const MEDIA_TYPE = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/;
const UNKNOWN = 'application/octet-stream';
const REGISTERED = /^https?:\/\/www\.iana\.org\/assignments\/media-types\//;
/** The EU's table of file types has these names too, in capitals. */
const OF_EU = /^https?:\/\/publications\.europa\.eu\/resource\/authority\/file-type\//;

/** What catalogues call a format, and its media type. */
const NAMES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  html: 'text/html',
  htm: 'text/html',
  pdf: 'application/pdf',
  json: 'application/json',
  geojson: 'application/geo+json',
  json_ld: 'application/ld+json',
  xml: 'application/xml',
  rdf: 'application/rdf+xml',
  rdf_xml: 'application/rdf+xml',
  rdf_turtle: 'text/turtle',
  kml: 'application/vnd.google-earth.kml+xml',
  kmz: 'application/vnd.google-earth.kmz',
  gml: 'application/gml+xml',
  gpkg: 'application/geopackage+sqlite3',
  geopackage: 'application/geopackage+sqlite3',
  parquet: 'application/vnd.apache.parquet',
  zip: 'application/zip',
  shp: 'application/vnd.shp',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
};

/** The media type that a source gives, or the one of its format; else bytes of whatever kind. */
export function mediaTypeOf(...said: readonly unknown[]): string {
  for (const value of said) {
    const text = plainText(value)?.replace(REGISTERED, '').replace(OF_EU, '') ?? '';
    if (MEDIA_TYPE.test(text)) {
      return text.toLowerCase();
    }
    const name = text.toLowerCase().replace(/^\./, '');
    if (Object.hasOwn(NAMES, name)) {
      return NAMES[name] ?? UNKNOWN;
    }
  }
  return UNKNOWN;
}
