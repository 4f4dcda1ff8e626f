/** What is said of a dataset in no store, wherever somebody asks to be granted it. */
export const NO_STORE = {
  reason: 'no_store',
  detail:
    'It lies in no store here, so nobody can be granted it. Ask its owner, or see how to get it.',
} as const;
