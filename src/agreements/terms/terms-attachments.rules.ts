import type { FieldError } from '../../kernel/errors.js';
import type { Attachment, DraftTerms } from './terms.types.js';

const REQUIRED = ['kind', 'sha256', 'mediaType'] as const satisfies readonly (keyof Attachment)[];

/** The kind of the paper that was signed elsewhere (R3.22). */
export const SIGNED_PDF = 'signed_pdf';
const PDF = 'application/pdf';

type DraftAttachment = NonNullable<DraftTerms['attachments']>[number];

/** One attachment, if it is there, is whole. */
export function checkAttachment(
  attachment: DraftAttachment | undefined,
  base: string,
): readonly FieldError[] {
  return attachment === undefined
    ? []
    : REQUIRED.filter((name) => attachment[name] === undefined).map((name) => ({
        pointer: `${base}/${name}`,
        reason: 'is required',
      }));
}

/** Attachments, and R3.22: exactly one signed PDF if the agreement was signed outside, and otherwise none. */
export function checkAttachments({ attachments = [], signing }: DraftTerms): readonly FieldError[] {
  const papers = attachments.flatMap(({ kind, mediaType }, at) =>
    kind === SIGNED_PDF ? [{ mediaType, base: `/attachments/${String(at)}` }] : [],
  );
  return [
    ...attachments.flatMap((each, at) => checkAttachment(each, `/attachments/${String(at)}`)),
    ...(signing === 'signed_outside'
      ? checkPapers(papers)
      : papers.map(({ base }) => ({
          pointer: `${base}/kind`,
          reason: 'only an agreement signed_outside has one',
        }))),
  ];
}

function checkPapers(
  papers: readonly { readonly mediaType: string | undefined; readonly base: string }[],
): FieldError[] {
  return [
    ...(papers.length === 1
      ? []
      : [
          {
            pointer: '/attachments',
            reason: `signed_outside needs exactly one attachment of kind ${SIGNED_PDF}`,
          },
        ]),
    ...papers
      .filter(({ mediaType }) => mediaType !== undefined && mediaType !== PDF)
      .map(({ base }) => ({ pointer: `${base}/mediaType`, reason: `must be ${PDF}` })),
  ];
}
