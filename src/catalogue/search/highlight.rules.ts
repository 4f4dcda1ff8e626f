/** A piece of a text, and whether it is what was looked for. */
export interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Characters of no script: whoever writes them into a text marks it, and does nothing else. */
export const MARKS = { start: '\u{E000}', stop: '\u{E001}' } as const;

const MARKED = new RegExp(`${MARKS.start}([^${MARKS.stop}]*)${MARKS.stop}`, 'u');

/** Takes a marked text apart. */
export function readMarks(text: string): readonly Piece[] {
  return text
    .split(MARKED)
    .map((piece, at) => ({ text: piece, isMatch: at % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}
