/** A package as CKAN's action API gives it, with what its extensions put beside; by its number. */
export function aPackage(number: number, changes: Readonly<Record<string, unknown>> = {}) {
  const hex = number.toString(16).padStart(12, '0');
  const name = `air-quality-${String(number)}`;
  return {
    id: `5f0c6b1e-0000-4000-8000-${hex}`,
    name,
    title: `Air quality ${String(number)}`,
    notes:
      'Hourly means of **nitrogen dioxide**.\r\n\r\nSee <a href="https://air.example">the site</a>.',
    type: 'dataset',
    state: 'active',
    private: false,
    isopen: true,
    url: null,
    version: '',
    author: 'Air team',
    author_email: '',
    maintainer: 'Air team',
    maintainer_email: 'air@portal.example',
    creator_user_id: '0a6a8f6c-5a0b-4a58-9d7c-1f4e6f1b2a3c',
    owner_org: 'b0e1f3d2-1111-4111-8111-000000000001',
    organization: {
      id: 'b0e1f3d2-1111-4111-8111-000000000001',
      name: 'southwark-environment',
      title: 'Environment office',
      type: 'organization',
      state: 'active',
    },
    license_id: 'uk-ogl',
    license_title: 'UK Open Government Licence (OGL)',
    license_url: 'https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/',
    metadata_created: '2024-03-08T18:45:38.931032',
    metadata_modified: '2026-11-01T09:00:00.000001',
    num_resources: 2,
    num_tags: 2,
    tags: [
      { display_name: 'air', name: 'air', state: 'active', vocabulary_id: null },
      { display_name: 'nitrogen dioxide', name: 'nitrogen-dioxide', state: 'active' },
    ],
    groups: [{ display_name: 'Environment', name: 'envi', title: 'Environment' }],
    extras: [
      { key: 'frequency', value: 'hourly' },
      {
        key: 'language',
        value: '["http://publications.europa.eu/resource/authority/language/ENG"]',
      },
      {
        key: 'spatial',
        value:
          '{"type":"Polygon","coordinates":[[[-0.51,51.28],[0.33,51.28],[0.33,51.69],[-0.51,51.69],[-0.51,51.28]]]}',
      },
      { key: 'temporal_start', value: '2019-01-01' },
      { key: 'harvest_object_id', value: 'e5b0f0f3' },
    ],
    relationships_as_object: [],
    relationships_as_subject: [],
    resources: [
      {
        id: `6a000000-0000-4000-8000-${hex}`,
        package_id: `5f0c6b1e-0000-4000-8000-${hex}`,
        name: 'Readings',
        description: '',
        format: 'CSV',
        mimetype: null,
        size: 1024,
        position: 0,
        state: 'active',
        url: `https://portal.example/files/${name}.csv`,
        created: '2024-03-08T18:46:00.000000',
        last_modified: '2026-10-31T23:00:00.000000',
      },
      {
        id: `6b000000-0000-4000-8000-${hex}`,
        package_id: `5f0c6b1e-0000-4000-8000-${hex}`,
        name: 'Old page',
        format: 'HTML',
        mimetype: 'text/html',
        size: null,
        position: 1,
        state: 'active',
        url: `http://old.portal.example/${name}`,
      },
    ],
    ...changes,
  };
}
