import { capitalised } from '../../kernel/capitalised.js';
/** What each check of a store looks at, for its owner (grants-and-delivery, "Probe"). */
const WORDS: Readonly<Record<string, string>> = {
  endpoint: 'Its address may be called',
  tls: 'The connection is encrypted',
  list: 'It lists what is in it',
  list_paging: 'A long list goes on where a page of it ended',
  clock_offset: 'Its clock agrees with ours',
  get_range: 'It gives a part of a file',
  get_if_match: 'It notices that a file has changed',
  anonymous_refused: 'It refuses strangers',
  forged_signature_refused: 'It refuses a forged signature',
  altered_key_refused: 'A link to one file opens no other',
  expired_url_refused: 'A link that is over opens nothing',
  revocation_latency: 'How long a link lives after its end',
  checksum: 'It keeps a checksum of each file',
  access_log: 'The log of its reads can be read',
  sts_inside_allowed: 'Short-lived keys open what they are for',
  sts_outside_refused: 'Short-lived keys open nothing else',
  sts_sibling_refused: 'Short-lived keys open no folder with a like name',
  sts_expired_refused: 'Short-lived keys that are over open nothing',
};

/** @returns the name itself, as words, for a check that is new. */
export function checkInWords(name: string): string {
  return WORDS[name] ?? capitalised(name.replaceAll('_', ' '));
}
