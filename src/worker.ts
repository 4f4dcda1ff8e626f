import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { WorkerModule } from './app.module.js';
import type { WorkerConfig } from './config/config.js';

/** `concordat worker`: does what is due until it is told to stop. It serves no HTTP. */
export async function work(config: WorkerConfig): Promise<INestApplicationContext> {
  const context = await NestFactory.createApplicationContext(WorkerModule.with(config), {
    bufferLogs: true,
    abortOnError: false,
  });
  context.useLogger(context.get(Logger));
  return context.enableShutdownHooks();
}
