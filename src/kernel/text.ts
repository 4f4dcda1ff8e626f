/** How many words a text has, as its author counts them. */
export function countWords(text: string): number {
  return text.split(/\s+/u).filter((word) => word !== '').length;
}

/** An address that a browser may follow from a public page: the web and nothing else, and no credentials in it. */
export function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.password === '';
}
