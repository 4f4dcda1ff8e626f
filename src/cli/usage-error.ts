/** The command line is not one of those that the usage names. */
export class UsageError extends Error {}
