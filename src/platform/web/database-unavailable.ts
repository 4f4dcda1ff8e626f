/**
 * SQLSTATEs after which the same request may succeed later: the connection is lost (class 08), too many connections,
 * shutdown, serialization failure, deadlock, lock or statement or transaction timeout.
 */
const RETRYABLE =
  /^(08...|53300|57P0[123]|57014|55P03|40001|40P01|25P0[34]|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;

/** What pg and TypeORM say of a connection, without a code. */
const CONNECTION_MESSAGES = [
  'Connection terminated',
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end',
  'Driver not Connected',
  // TypeORM, of a transaction whose connection died between two of its statements.
  'Database connection provided by a query runner was already released',
];
const DEPTH = 5;

/** True when PostgreSQL, not the request, is why this failed. Looks through wrappers of the driver's error. */
export function isDatabaseUnavailable(error: unknown, depth = DEPTH): boolean {
  // Not instanceof: a socket's own error may be of another realm than this code.
  if (typeof error !== 'object' || error === null || depth === 0) {
    return false;
  }
  const { message, cause, code, driverError, errors } = error as {
    message?: unknown;
    cause?: unknown;
    code?: unknown;
    driverError?: unknown;
    errors?: unknown;
  };
  return (
    (typeof code === 'string' && RETRYABLE.test(code)) ||
    (typeof message === 'string' &&
      CONNECTION_MESSAGES.some((start) => message.startsWith(start))) ||
    [driverError, cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].some((inner) =>
      isDatabaseUnavailable(inner, depth - 1),
    )
  );
}
