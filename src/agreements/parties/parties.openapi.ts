import { CONTROLLER_ROLES, DATA_ROLES } from '../terms/terms.types.js';

const id = { type: 'string', format: 'uuid' };
const email = { type: 'string', format: 'email' };

/** An organisation's place in an agreement in force; a provider's consent needs `organisationId` alone. */
export const INVITATION_BODY = {
  type: 'object',
  required: ['organisationId'],
  properties: {
    organisationId: id,
    signatoryId: id,
    dpoId: id,
    dataRole: { type: 'string', enum: [...DATA_ROLES] },
    controllerRole: { type: 'string', enum: [...CONTROLLER_ROLES] },
    jointArrangement: { type: 'string' },
    breachContact: email,
    queryContact: email,
    legal: { type: 'object', description: 'As one entry of `legal[]` in the terms' },
  },
  additionalProperties: false,
};
