import type { IncomingMessage, ServerResponse } from 'node:http';
import { pino, type DestinationStream, type Logger } from 'pino';
import { pinoHttp, type HttpLogger } from 'pino-http';
import { redact, redactText } from './redact.js';
import { traceIdOf } from '../web/trace-id.js';

/** The process's one pino logger; Nest's Logger writes through it too. */
export type RootLogger = Logger;
export const RootLogger = Symbol('RootLogger');

/**
 * Whoever makes a child of the logger must be given them: pino-http, and nestjs-pino with it, puts its own in their place,
 * and those write every member of an error, the parameters of a failed statement too.
 */
export const SERIALIZERS = {
  req: requestFields,
  res: responseFields,
  err: (err: unknown): unknown => redact(err),
};

/** One JSON object per line on standard output, secrets removed on the way in. */
export function createLogger(level: string, destination?: DestinationStream): RootLogger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'message',
    serializers: SERIALIZERS,
    formatters: { level: (label: string) => ({ level: label }), log: redactLine },
    hooks: { logMethod: redactMessages },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Middleware: gives each request its id and `req.log`, and writes one line when it ends. */
export function requestLogger(logger: RootLogger): HttpLogger {
  return pinoHttp({
    logger,
    wrapSerializers: false,
    serializers: SERIALIZERS,
    genReqId: (req) => traceIdOf(req),
    customAttributeKeys: { reqId: 'traceId' },
    quietReqLogger: true,
    autoLogging: { ignore: (req) => /^\/(health|metrics|assets)(\/|\?|$)/.test(req.url ?? '') },
    customLogLevel: (_req, res, error) =>
      error !== undefined || res.statusCode >= 500 ? 'error' : 'info',
    // The problem filter logs the error itself, once.
    customErrorObject: (req, res) => ({ req, res }),
    customSuccessMessage: () => 'request completed',
    customErrorMessage: () => 'request failed',
  });
}

/** Of a URL only the path: query strings carry signatures, codes and search terms. */
function requestFields(req: IncomingMessage): Record<string, unknown> {
  const url = 'originalUrl' in req ? String(req.originalUrl) : (req.url ?? '');
  return { method: req.method, path: redactText(url.split('?', 1)[0] ?? '') };
}

function responseFields(res: ServerResponse): Record<string, unknown> {
  return { statusCode: res.headersSent ? res.statusCode : null };
}

/** `req`, `res` and `err` have serializers; everything else is reduced to plain data without secrets. */
function redactLine(line: Record<string, unknown>): Record<string, unknown> {
  const { req, res, err, ...rest } = line;
  const handled = Object.entries({ req, res, err }).filter(([, value]) => value !== undefined);
  return { ...(redact(rest) as Record<string, unknown>), ...Object.fromEntries(handled) };
}

function redactMessages(
  this: Logger,
  args: Parameters<Logger['info']>,
  method: (...args: Parameters<Logger['info']>) => void,
): void {
  const clean = (args as unknown[]).map((arg) => (typeof arg === 'string' ? redactText(arg) : arg));
  method.apply(this, clean as Parameters<Logger['info']>);
}
