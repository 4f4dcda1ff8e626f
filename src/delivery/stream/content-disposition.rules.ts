// Marks that turn the reading direction make one file name look like another.
const BIDIRECTIONAL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// Outside printable ASCII, or with a meaning of its own in a quoted string or to old browsers.
const UNSAFE = /[^\x20-\x7e]|["\\%/]/g;

/**
 * `attachment` with the last segment of the object's name: an ASCII form for everyone and the exact one when it differs.
 * @see RFC 6266 section 4.3 and appendix D; RFC 8187 section 3.2
 */
export function attachment(objectName: string): string {
  const name = objectName.slice(objectName.lastIndexOf('/') + 1).replace(BIDIRECTIONAL, '_');
  const ascii = name.replace(UNSAFE, '_');
  const exact = ascii === name ? '' : `; filename*=UTF-8''${encodeExtended(name)}`;
  return `attachment; filename="${ascii}"${exact}`;
}

function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
