import { cephLocation } from '../support/ceph-location.js';
import { deliveryConformance } from './delivery.conformance.js';

deliveryConformance('Ceph', () => Promise.resolve(cephLocation('delivery')));
