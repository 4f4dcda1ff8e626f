import type {
  AgreementTerms,
  ItemTerms,
  LegalTerms,
} from '../../src/agreements/terms/terms.types.js';
import { exampleTerms, PROVIDER, RECIPIENT } from './agreement-terms.js';

const DIGEST = 'a'.repeat(64);

/** The law by which a public authority of the example shares personal data. */
export function legalTerms(organisationId: string, changes: Partial<LegalTerms> = {}): LegalTerms {
  return {
    organisationId,
    article6: ['6-1-e'],
    gateways: ['la-2011-s1'],
    gatewayText: 'The general power of competence.',
    confidentiality: 'not_applicable',
    optOut: 'not_applicable',
    ...changes,
  };
}

/** An attachment by its kind; its content does not matter to the broker. */
export function attachment(kind: string) {
  return { kind, sha256: DIGEST, mediaType: 'application/pdf' };
}

/** Terms without a fault that share personal data for research. */
export function personalTerms(
  changes: Partial<AgreementTerms> = {},
  dataClass = 'personal',
): AgreementTerms {
  const { items = [], ...terms } = exampleTerms();
  return {
    ...terms,
    items: items.map((item: ItemTerms) => ({ ...item, dataClass, subjects: 'Passers-by.' })),
    rasSafeguards: 'No decision about anybody is made; results are published as totals.',
    legal: [legalTerms(PROVIDER.id), legalTerms(RECIPIENT.id)],
    dpia: { status: 'approved', reviewOn: '2026-12-01' },
    rightsLead: PROVIDER.id,
    sarContact: 'rights@example.org',
    complaintsContact: 'complaints@example.org',
    privacyNotices: ['https://example.org/privacy'],
    foiLead: PROVIDER.id,
    ...changes,
  };
}
