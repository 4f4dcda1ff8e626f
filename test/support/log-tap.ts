import { Writable } from 'node:stream';
import type { TestingModuleBuilder } from '@nestjs/testing';
import { Logger, PinoLogger } from 'nestjs-pino';
import { createLogger, RootLogger } from '../../src/platform/telemetry/logger.js';

/** Everything that the broker logs, down to the least level. */
export interface LogTap {
  readonly logger: RootLogger;
  text(): string;
}

export function logTap(): LogTap {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { logger: createLogger('trace', sink), text: () => lines.join('') };
}

/** The same application, with its log in the tap. */
export function tapped(
  builder: TestingModuleBuilder,
  tap: LogTap | undefined,
): TestingModuleBuilder {
  return tap
    ? builder
        .overrideProvider(RootLogger)
        .useValue(tap.logger)
        .overrideProvider(Logger)
        .useValue(new Logger(new TappedPino(tap.logger), {}))
    : builder;
}

/** Of its own: nestjs-pino writes to the first logger that a process made, whichever application asks. */
class TappedPino extends PinoLogger {
  constructor(private readonly into: RootLogger) {
    super({ pinoHttp: { logger: into } });
  }

  override get logger(): RootLogger {
    return this.into;
  }
}
