import { NestFactory } from '@nestjs/core';
import { KeysModule } from '../app.module.js';
import type { Config } from '../config/config.js';
import { KEY_PURPOSES, type KeyPurpose } from '../platform/signing/key-rotation.rules.js';
import { KeyRotation } from '../platform/signing/key-rotation.service.js';
import { UsageError } from './usage-error.js';

const USAGE = 'keys needs: list | rotate <token or signoff> | compromise <kid>';

type Act = (rotation: KeyRotation) => Promise<string>;

/** `concordat keys`: shows the broker's signing keys, publishes a successor, or ends one that others may have. */
export async function keys(args: readonly string[], loadConfig: () => Config): Promise<void> {
  const act = readAct(args);
  const context = await NestFactory.createApplicationContext(KeysModule.with(loadConfig()), {
    abortOnError: false,
    logger: false,
  });
  try {
    process.stdout.write(`${await act(context.get(KeyRotation))}\n`);
  } finally {
    await context.close();
  }
}

function readAct([name, value, ...more]: readonly string[]): Act {
  if (name === 'list' && value === undefined) {
    return list;
  }
  if (name === 'rotate' && isPurpose(value) && more.length === 0) {
    return async (rotation) => {
      await rotation.rotate(value);
      return 'A successor is published and takes over in 24 hours';
    };
  }
  if (name === 'compromise' && value !== undefined && more.length === 0) {
    return async (rotation) => {
      await rotation.compromise(value);
      return 'The key is taken back; every node forgets it within seconds';
    };
  }
  throw new UsageError(USAGE);
}

async function list(rotation: KeyRotation): Promise<string> {
  const rows = await rotation.list();
  return rows
    .map(({ kid, purpose, state, since }) =>
      [purpose.padEnd(8), state.padEnd(12), since.toISOString(), kid].join('  '),
    )
    .join('\n');
}

function isPurpose(value: string | undefined): value is KeyPurpose {
  return KEY_PURPOSES.some((purpose) => purpose === value);
}
