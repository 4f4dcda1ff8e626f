import { publicAddressFault } from '../../public-address.rules.js';
import { describe, type HarvestedRecord, type RecordSource } from './harvested-record.rules.js';
import { firstText, listOf, membersOf, plainText, type Members } from './plain-text.rules.js';
import { accessOf } from './terms.rules.js';

/** What CKAN keeps among its packages that is no dataset. */
const OTHER_TYPES = new Set(['harvest', 'showcase']);
const BOX = ['bbox-west-long', 'bbox-south-lat', 'bbox-east-long', 'bbox-north-lat'] as const;

/** A package of CKAN's action API. @see https://docs.ckan.org/en/latest/api/#ckan.logic.action.get.package_show */
export function readPackage(raw: unknown, source: RecordSource): HarvestedRecord {
  const pkg = membersOf(raw);
  const extra = extrasOf(pkg);
  const fault = packageFault(pkg);
  if (fault !== undefined) {
    return { identifier: plainText(pkg['id'])?.slice(0, 500) ?? null, refused: [fault] };
  }
  const name = plainText(pkg['name']);
  return describe(
    {
      identifier: pkg['id'],
      title: firstText(pkg['title'], name),
      description: pkg['notes'],
      publisher: firstText(
        membersOf(pkg['organization'])['title'],
        extra('publisher_name'),
        pkg['author'],
      ),
      contact: firstText(
        pkg['maintainer_email'],
        pkg['author_email'],
        extra('contact_email', 'contact-email'),
      ),
      access: accessIn(pkg, extra),
      accessReason: firstText(
        extra('access_reason'),
        extra('access_constraints'),
        extra('access_rights'),
      ),
      licence: firstText(
        ...[pkg['license_url'], pkg['license_title'], pkg['license_id']],
        ...listOf(pkg['resources']).map((one) => membersOf(one)['license']),
      ),
      keywords: listOf(pkg['tags']).map((tag) => {
        const { display_name: shown, name: plain } = membersOf(tag);
        return firstText(shown, plain);
      }),
      themes: [
        ...listOf(pkg['groups']).map((one) => membersOf(one)['name']),
        ...many(extra('theme')),
      ],
      languages: many(extra('language')),
      frequency: extra('frequency', 'accrual_periodicity', 'update_frequency'),
      spatial: extra('spatial_text', 'geographic_coverage'),
      area: extra('spatial') ?? boxIn(extra),
      startsOn: extra('temporal_start', 'temporal_coverage-from'),
      endsOn: extra('temporal_end', 'temporal_coverage-to'),
      landingPage: pageOf(source, name),
      distributions: listOf(pkg['resources']).map(distributionOf),
    },
    source,
  );
}

function packageFault(pkg: Members) {
  if (Object.keys(pkg).length === 0) {
    return { pointer: '', reason: 'is no package' };
  }
  const type = plainText(pkg['type']) ?? '';
  if (OTHER_TYPES.has(type)) {
    return { pointer: '/type', reason: 'is no dataset' };
  }
  const state = plainText(pkg['state']) ?? 'active';
  return state === 'active' ? undefined : { pointer: '/state', reason: 'is not active there' };
}

/** Where CKAN shows it, if anybody may be sent there. */
function pageOf({ url }: RecordSource, name: string | undefined): string | undefined {
  const page = `${url}/dataset/${encodeURIComponent(name ?? '')}`;
  return name === undefined || publicAddressFault(page) !== undefined ? undefined : page;
}

type Extra = (...names: readonly string[]) => unknown;

/** Values of `extras`, or members that a schema of the source's own keeps beside the others. */
function extrasOf(pkg: Members): Extra {
  const extras = new Map(
    listOf(pkg['extras']).map((one) => {
      const { key, value } = membersOf(one);
      return [plainText(key), value] as const;
    }),
  );
  return (...names) =>
    names
      .map((name) => extras.get(name) ?? pkg[name])
      .find((value) => value !== undefined && value !== null && value !== '');
}

// A private package is never among what anybody may read; a source that says otherwise of one is believed in the stricter.
// Rights in words of its own mean what CKAN makes of the licence.
function accessIn(pkg: Members, extra: Extra) {
  if (pkg['private'] === true) {
    return 'closed';
  }
  const said = extra('access_rights', 'access_level');
  const inWords = pkg['isopen'] === true ? 'open' : 'closed';
  return said === undefined ? 'open' : (accessOf(said) ?? inWords);
}

function distributionOf(raw: unknown) {
  const resource = membersOf(raw);
  const format = plainText(resource['format']);
  return {
    title: firstText(resource['name'], resource['description']),
    mediaType: resource['mimetype'],
    format,
    downloadUrl: firstText(resource['download_url'], resource['url']),
    accessUrl: undefined,
    byteSize: resource['size'],
    modified: firstText(resource['last_modified'], resource['metadata_modified']),
  };
}

function boxIn(extra: Extra): string | undefined {
  const values = BOX.map((name) => plainText(extra(name)));
  return values.includes(undefined) ? undefined : values.join(',');
}

/** One value, a list of them, or a list as JSON text: CKAN's extras are text. */
function many(value: unknown): readonly unknown[] {
  if (typeof value === 'string' && value.startsWith('[')) {
    try {
      return listOf(JSON.parse(value));
    } catch {
      return [];
    }
  }
  return listOf(value);
}
