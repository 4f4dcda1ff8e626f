/** Why a source could not be read, in words for whoever registered it: nothing of what it answered. */
export class SourceFault extends Error {
  constructor(
    readonly reason: string,
    /** The source says that it is gone, not that it fails: asking again soon is of no use. */
    readonly isFinal = false,
  ) {
    super(`The source ${reason}`);
  }
}
