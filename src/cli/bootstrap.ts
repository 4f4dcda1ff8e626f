import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { BootstrapModule } from '../app.module.js';
import type { Config } from '../config/config.js';
import { Bootstrap } from '../organisations/bootstrap/bootstrap.service.js';
import { UsageError } from './usage-error.js';

/** `concordat bootstrap`: writes the operator organisation and its first two administrators, once. */
export async function bootstrap(args: readonly string[], loadConfig: () => Config): Promise<void> {
  const people = readPeople(args);
  const context = await NestFactory.createApplicationContext(BootstrapModule.with(loadConfig()), {
    abortOnError: false,
    logger: false,
  });
  try {
    await context.get(Bootstrap).bootstrap(people);
    process.stdout.write('The operator and two administrators are set up\n');
  } finally {
    await context.close();
  }
}

function readPeople(args: readonly string[]): { issuer: string; subjects: [string, string] } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        issuer: { type: 'string' },
        subject: { type: 'string', multiple: true },
      },
    });
    const { issuer, subject: [first, second, ...more] = [] } = values;
    if (issuer && first && second && first !== second && more.length === 0) {
      return { issuer, subjects: [first, second] };
    }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'unknown option');
  }
  throw new UsageError('bootstrap needs --issuer and two different --subject');
}
