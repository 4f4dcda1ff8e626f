import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Clock, systemClock } from '../kernel/clock.js';
import { IdFactory, uuidV7Factory } from '../kernel/ids.js';
import { Config, WorkerConfig } from './config.js';

/** Gives every module the configuration, the clock and the id factory. Tests pass their own clock. */
@Global()
@Module({})
export class ConfigModule {
  static with(config: Config, clock: Clock = systemClock): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: Config, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: IdFactory, useValue: uuidV7Factory(clock) },
      ],
      exports: [Config, Clock, IdFactory],
    };
  }

  /** As `with`, and what the worker alone holds. */
  static withWorker(config: WorkerConfig, clock: Clock = systemClock): DynamicModule {
    const { providers = [], exports = [] } = ConfigModule.with(config, clock);
    return {
      module: ConfigModule,
      providers: [...providers, { provide: WorkerConfig, useValue: config }],
      exports: [...exports, WorkerConfig],
    };
  }
}
