import type { Choice } from '../../platform/web/pages/blocks.js';
import { DELIVERY_MODES } from '../terms/terms.types.js';

/** What the closed lists of the terms are called (domain.md section 2). */
export const WORDS = {
  kind: { sharing: 'Data sharing', framework: 'Framework for others', licence: 'Licence' },
  signing: {
    concordat: 'Here, with a strong sign-in',
    signed_outside: 'On paper, which two people vouch for here',
  },
  approval: {
    owner: 'The data owner, each one',
    policy: 'The rules of this agreement, at once',
  },
  minAuth: { aal2: 'With two factors', aal3: 'With two factors, one in hardware' },
  setting: { transfer: 'On the researcher’s own machines', tre: 'In a trusted environment' },
  admission: { lead: 'The lead party', providers: 'Every provider' },
  disposal: { destroy: 'It is destroyed', return: 'It is given back', archive: 'It is archived' },
  dpia: {
    not_required: 'Not required',
    in_progress: 'In progress',
    approved: 'Approved',
    approved_high_risk: 'Approved, with a high risk that remains',
  },
  dataRole: {
    provider: 'Provides data',
    recipient: 'Receives data',
    both: 'Provides and receives data',
  },
  controllerRole: {
    separate: 'Controller by itself',
    joint: 'Joint controller',
    processor: 'Processor',
  },
  release: { raw: 'As it is', view: 'A minimised view', aggregate: 'Aggregates alone' },
  orgChecks: {
    ico: 'Registered with the ICO',
    dspt: 'Data Security and Protection Toolkit',
    iso_27001: 'ISO 27001',
    ce: 'Cyber Essentials',
    ce_plus: 'Cyber Essentials Plus',
  },
  modes: DELIVERY_MODES,
} as const;

export const ACTION_WORDS: Readonly<Record<string, string>> = {
  'dataset:request': 'Ask for a dataset',
  'dataset:read': 'Read files',
  'feed:subscribe': 'Follow a feed',
  'view:read': 'Read a view',
  'aggregate:query': 'Ask for aggregates',
};

export function choicesFrom(words: Readonly<Record<string, string>>): readonly Choice[] {
  return Object.entries(words).map(([value, text]) => ({ value, text }));
}
