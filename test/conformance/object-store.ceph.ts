import { cephLocation } from '../support/ceph-location.js';
import { objectStoreConformance } from './object-store.conformance.js';

objectStoreConformance('Ceph', () => Promise.resolve(cephLocation('conformance')));
