import { cellType } from './cell-types.rules.js';

const MAX_NAME = 200;
// eslint-disable-next-line no-control-regex -- control characters are what a name must not have
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
// What is a value and no name: an address, a postcode, a long number, also among words.
const VALUE = /@|\d{6}|^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i;

/**
 * True when a first line can be one of names. A file without one would put values of its first person where names stand, so
 * what might be a value is taken for one.
 */
export function isHeader(cells: readonly string[]): boolean {
  const names = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  return names.length * 2 >= cells.length && names.length > 0 && names.every(isName);
}

/** Names as the catalogue takes them: each once, none empty. @param cells undefined where there is no header. */
export function columnNames(cells: readonly string[] | undefined, width: number): string[] {
  const taken = new Set<string>();
  return Array.from({ length: width }, (_, at) => {
    const name = cells?.[at]?.trim() ?? '';
    const wanted = name === '' ? `column_${String(at + 1)}` : name;
    let free = wanted;
    for (let number = 2; taken.has(free); number += 1) {
      free = `${wanted.slice(0, MAX_NAME - 5)}_${String(number)}`;
    }
    taken.add(free);
    return free;
  });
}

function isName(cell: string): boolean {
  return (
    cell.length <= MAX_NAME &&
    cell.isWellFormed() &&
    !cell.includes('\ufffd') &&
    !CONTROL.test(cell) &&
    !VALUE.test(cell) &&
    cellType(cell) === 'text'
  );
}
