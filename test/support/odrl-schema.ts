import { Ajv2020 } from 'ajv/dist/2020.js';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const urn = { type: 'string', pattern: `^urn:uuid:${UUID}$` };
const urns = { type: 'array', items: urn, minItems: 1, uniqueItems: true };
const OPERANDS = 'purpose|dateTime|spatial|recipient|count|deliveryChannel|elapsedTime|delayPeriod';
const ACTIONS =
  'use|read|stream|extract|derive|distribute|delete|archive|inform|reviewPolicy|cc:CommercialUse';

const constraint = {
  type: 'object',
  additionalProperties: false,
  required: ['leftOperand', 'operator', 'rightOperand'],
  properties: {
    leftOperand: {
      type: 'string',
      pattern: `^(odrl:(${OPERANDS})|urn:concordat:operand:[a-zA-Z]+)$`,
    },
    // Not neq: the published context maps it to odrl:neg, which is no operator.
    operator: { enum: ['eq', 'gteq', 'lteq', 'lt', 'isA', 'hasPart', 'isNoneOf'] },
    rightOperand: { type: 'string', minLength: 1 },
    dataType: { enum: ['xsd:dateTime', 'xsd:integer', 'xsd:duration'] },
  },
};
const alternative = {
  type: 'object',
  additionalProperties: false,
  required: ['@type', 'or'],
  properties: {
    '@type': { const: 'LogicalConstraint' },
    or: {
      type: 'object',
      additionalProperties: false,
      required: ['@list'],
      properties: { '@list': { type: 'array', items: constraint, minItems: 2 } },
    },
  },
};
const rule = {
  type: 'object',
  additionalProperties: false,
  required: ['target', 'action', 'assigner', 'assignee'],
  properties: {
    target: urn,
    action: { type: 'string', pattern: `^(${ACTIONS}|urn:concordat:action:[a-z_]+)$` },
    assigner: urn,
    assignee: urns,
    informedParty: urns,
    constraint: { type: 'array', items: { anyOf: [constraint, alternative] }, minItems: 1 },
  },
};
const rules = { type: 'array', items: rule, minItems: 1 };

/** The ODRL 2.2 information model as far as we use it: every term is in the published context, or one of ours. */
export const validateOdrl = new Ajv2020({ allErrors: true }).compile({
  type: 'object',
  additionalProperties: false,
  required: ['@context', '@type', 'uid', 'profile', 'obligation'],
  properties: {
    '@context': { const: 'http://www.w3.org/ns/odrl.jsonld' },
    '@type': { const: 'Agreement' },
    uid: urn,
    profile: { const: 'urn:concordat:odrl-profile:1' },
    'dct:title': { type: 'string' },
    'dct:identifier': { type: 'string', pattern: '^CON-' },
    'schema:version': { type: 'string', pattern: '^[1-9][0-9]*$' },
    'schema:sha256': { type: 'string', pattern: '^[0-9a-f]{64}$' },
    permission: rules,
    prohibition: rules,
    obligation: rules,
  },
});
