import { boxOf } from './coverage.rules.js';
import { describe, type HarvestedRecord, type RecordSource } from './harvested-record.rules.js';
import { firstText, listOf, membersOf, plainText, type Members } from './plain-text.rules.js';
import { accessOf } from './terms.rules.js';

/** An entry of a `data.json`, also of its later kind, DCAT-US. @see https://resources.data.gov/resources/dcat-us/ */
export function readDataJsonEntry(raw: unknown, source: RecordSource): HarvestedRecord {
  const entry = membersOf(raw);
  const { spatial } = entry;
  const isArea = boxOf(spatial) !== undefined;
  const [startsOn, endsOn] = (plainText(entry['temporal']) ?? '').split('/');
  return describe(
    {
      identifier: firstText(entry['identifier'], entry['@id']),
      title: entry['title'],
      description: entry['description'],
      publisher: membersOf(entry['publisher'])['name'],
      contact: contactIn(entry),
      access: accessIn(entry),
      accessReason: entry['rights'],
      licence: entry['license'],
      keywords: listOf(entry['keyword']),
      themes: listOf(entry['theme']),
      languages: listOf(entry['language']),
      frequency: entry['accrualPeriodicity'],
      spatial: isArea ? undefined : spatial,
      area: isArea ? spatial : undefined,
      startsOn,
      endsOn,
      landingPage: entry['landingPage'],
      distributions: listOf(entry['distribution']).map(distributionOf),
    },
    source,
  );
}

function contactIn(entry: Members): string | undefined {
  const { hasEmail, fn } = membersOf(entry['contactPoint']);
  return firstText(plainText(hasEmail)?.replace(/^mailto:/i, ''), fn);
}

// The standard requires it; where it is missing all the same, a document that calls itself open data says that it is.
function accessIn(entry: Members) {
  const said = plainText(entry['accessLevel']);
  return said === undefined ? 'open' : (accessOf(said) ?? 'closed');
}

function distributionOf(raw: unknown) {
  const distribution = membersOf(raw);
  return {
    title: firstText(distribution['title'], distribution['description']),
    mediaType: distribution['mediaType'],
    format: plainText(distribution['format']),
    downloadUrl: distribution['downloadURL'],
    accessUrl: distribution['accessURL'],
    byteSize: distribution['byteSize'],
    modified: distribution['modified'],
  };
}
