import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { LoggerModule } from 'nestjs-pino';
import { Config } from '../../config/config.js';
import { createLogger, RootLogger, SERIALIZERS } from './logger.js';
import { Metrics } from './metrics.js';
import { OperationsApi } from './operations.api.js';
import { Readiness } from './readiness.js';

const rootLogger = {
  provide: RootLogger,
  inject: [Config],
  useFactory: (config: Config) => createLogger(config.logLevel),
};

/** The logger on its own, so that nestjs-pino shares the instance. */
@Global()
@Module({ providers: [rootLogger], exports: [rootLogger] })
class RootLoggerModule {}

/** Logs, metrics and health. */
@Global()
@Module({
  imports: [
    RootLoggerModule,
    LoggerModule.forRootAsync({
      inject: [RootLogger],
      // The request logger is global middleware (http-app.ts), so that requests which fail before routing are logged.
      useFactory: (logger: RootLogger) => ({
        pinoHttp: { logger, serializers: SERIALIZERS, wrapSerializers: false },
        useExisting: true as const,
        forRoutes: [],
      }),
    }),
    TerminusModule.forRoot({ logger: false }),
  ],
  controllers: [OperationsApi],
  providers: [Metrics, Readiness],
  exports: [Metrics, Readiness],
})
export class TelemetryModule {}
