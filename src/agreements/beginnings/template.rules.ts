import { isDay } from '../../kernel/london-day.js';
import { readTerms } from '../terms/read-terms.js';
import type { DraftTerms } from '../terms/terms.types.js';

/** Terms to start from: dated, so that an organisation can say which edition it began with. */
export interface AgreementTemplate {
  readonly template: string;
  readonly edition: string;
  readonly title: string;
  readonly summary: string;
  /** First London day on which it may be used. */
  readonly effectiveFrom: string;
  /** First London day on which it may no longer; null while it may. */
  readonly effectiveTo: string | null;
  readonly terms: DraftTerms;
}

/**
 * Reads a template file and checks it: its name, dates, and terms that a draft may hold.
 * @throws TypeError that names the file's fault, ConcordatError for its terms: the boot stops.
 */
export function parseTemplate(name: string, text: string): AgreementTemplate {
  const { template, edition, effectiveFrom, effectiveTo, terms, ...about } = JSON.parse(
    text,
  ) as AgreementTemplate;
  const days = [edition, effectiveFrom, ...(effectiveTo === null ? [] : [effectiveTo])];
  if (template !== name || !days.every(isDay) || !about.title || !about.summary) {
    throw new TypeError(`Template ${name}: name, dates, title or summary missing`);
  }
  return { ...about, template, edition, effectiveFrom, effectiveTo, terms: readTerms(terms) };
}

/** True from `effectiveFrom` until the day before `effectiveTo`. */
export function isOffered(
  { effectiveFrom, effectiveTo }: AgreementTemplate,
  today: string,
): boolean {
  return effectiveFrom <= today && (effectiveTo === null || today < effectiveTo);
}
