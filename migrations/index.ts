import { Audit1790000000001 } from './0001-audit.js';
import { Organisations1790000000005 } from './0005-organisations.js';
import { StoresAndCatalogue1790000000006 } from './0006-stores-and-catalogue.js';
import { Agreements1790000000007 } from './0007-agreements.js';
import { Requests1790000000008 } from './0008-requests.js';
import { Grants1790000000009 } from './0009-grants.js';

/** Every migration, in order. A list, not a glob: what runs is what was read. */
export const migrations = [
  Audit1790000000001,
  Organisations1790000000005,
  StoresAndCatalogue1790000000006,
  Agreements1790000000007,
  Requests1790000000008,
  Grants1790000000009,
];
