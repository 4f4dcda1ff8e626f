import { capitalised } from '../kernel/capitalised.js';
const THINGS: Readonly<Record<string, string>> = {
  access_request: 'access request',
  service_account: 'program',
};
const ACTS: Readonly<Record<string, string>> = {
  read: 'see',
  what_if: 'ask what would be',
  diff: 'compare',
  accede: 'join',
};

/** `Issue a grant` for `grant:issue`: what a permission lets somebody do. */
export function operationInWords(operation: string): string {
  const [thing = '', act = ''] = operation.split(':');
  const words = `${ACTS[act] ?? act.replaceAll('_', ' ')}: ${THINGS[thing] ?? thing}`;
  return capitalised(words);
}
