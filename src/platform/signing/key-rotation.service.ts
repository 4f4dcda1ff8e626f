import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database, type Tx } from '../database/database.js';
import { Secrets } from '../secrets/secrets.service.js';
import { KeyRecorder } from './key-recorder.js';
import {
  dueMoves,
  KEY_PURPOSES,
  type KeyMove,
  type KeyPurpose,
  type KeyStanding,
} from './key-rotation.rules.js';
import { SigningKeyRepository, type SigningKeyRow } from './signing-key.repository.js';
import { generateSigningKey, wrappingName } from './signing-key.js';

/** Makes, changes and ends the broker's signing keys: each step with its event, of all replicas one at a time. */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly database: Database,
    private readonly repository: SigningKeyRepository,
    private readonly secrets: Secrets,
    @Inject(KeyRecorder) private readonly recorder: KeyRecorder,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Does what is due; at the first start it makes the first keys. @returns whether anything was. */
  async turn(): Promise<boolean> {
    const results = [];
    for (const purpose of KEY_PURPOSES) {
      results.push(await this.change((tx) => this.turnOne(tx, purpose)));
    }
    return results.includes(true);
  }

  /**
   * Publishes a successor, which takes over after a day.
   * @throws ConcordatError `conflict` (409) when one is published already, and what `proveSecret` throws.
   */
  async rotate(purpose: KeyPurpose): Promise<void> {
    await this.change(async (tx) => {
      const keys = await this.repository.findOf(tx, purpose);
      if (keys.some(({ state }) => state === 'next')) {
        throw new ConcordatError('conflict', { detail: 'A successor is published already.' });
      }
      await this.proveSecret(tx);
      await this.make(tx, purpose, { act: 'create', state: 'next' });
    });
  }

  /**
   * Ends a key at once: what it signed is worth nothing from now on, and another signs. That waits for nothing: under a
   * KEK that opens no key it makes no other, and leaves that to the worker.
   * @throws ConcordatError `not_found`
   */
  async compromise(kid: string): Promise<void> {
    await this.change(async (tx) => {
      const all = await this.all(tx);
      const key = all.find((one) => one.kid === kid);
      if (!key) {
        throw new ConcordatError('not_found');
      }
      if (key.state !== 'compromised') {
        // While this one still counts among the proofs.
        const isProven = await this.isSecretProven(tx);
        await this.repository.move(tx, kid, 'compromised', this.clock.now());
        await this.recorder.record(tx, 'key.compromised', key);
        if (isProven) {
          await this.makeAll(tx, key.purpose, await this.dueOf(tx, key.purpose));
        }
      }
    });
  }

  /**
   * That the KEK of this process is the one of the others. A key that was made under another would open for nobody else.
   * @throws ConcordatError `signing_unavailable` when there are keys and it opens none.
   */
  async proveSecret(manager: Tx | Database['manager'] = this.database.manager): Promise<void> {
    if (!(await this.isSecretProven(manager))) {
      throw new ConcordatError('signing_unavailable', {
        detail: 'KEK opens none of the signing keys: it is not the one they were made under.',
      });
    }
  }

  // By keys that sign or have signed, for a successor may have been made by mistake. Some may be broken for other reasons.
  private async isSecretProven(manager: Tx | Database['manager']): Promise<boolean> {
    const keys = await this.repository.findAll(manager);
    const used = keys.filter(({ state }) => state !== 'next');
    const asked = used.length > 0 ? used : keys;
    return asked.length === 0 || asked.some((key) => this.canOpen(key));
  }

  private canOpen({ kid, wrapped }: SigningKeyRow): boolean {
    try {
      this.secrets.open(wrappingName(kid), wrapped);
      return true;
    } catch {
      // Why is of no interest here: the ring says so of each key that it needs.
      return false;
    }
  }

  /** Every key, also those that nobody may meet any more. */
  list(): Promise<readonly KeyStanding[]> {
    return this.all(this.database.manager);
  }

  private async all(manager: Tx | Database['manager']): Promise<readonly KeyStanding[]> {
    const found = [];
    for (const purpose of KEY_PURPOSES) {
      found.push(...(await this.repository.findOf(manager, purpose)));
    }
    return found;
  }

  private change<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await this.repository.lock(tx);
      return work(tx);
    });
  }

  private async turnOne(tx: Tx, purpose: KeyPurpose): Promise<boolean> {
    const moves = await this.dueOf(tx, purpose);
    if (moves.some(({ act }) => act === 'create')) {
      await this.proveSecret(tx);
    }
    await this.makeAll(tx, purpose, moves);
    return moves.length > 0;
  }

  private async dueOf(tx: Tx, purpose: KeyPurpose): Promise<readonly KeyMove[]> {
    return dueMoves(purpose, await this.repository.findOf(tx, purpose), this.clock.now());
  }

  private async makeAll(tx: Tx, purpose: KeyPurpose, moves: readonly KeyMove[]): Promise<void> {
    for (const move of moves) {
      await this.make(tx, purpose, move);
    }
  }

  private async make(tx: Tx, purpose: KeyPurpose, move: KeyMove): Promise<void> {
    const now = this.clock.now();
    if (move.act === 'move') {
      await this.repository.move(tx, move.kid, move.to, now);
      const event = move.to === 'active' ? 'key.rotated' : 'key.retired';
      await this.recorder.record(tx, event, { kid: move.kid, purpose });
      return;
    }
    const { key, privateJwk } = await generateSigningKey();
    const { kid, publicJwk } = key;
    const wrapped = this.secrets.seal(wrappingName(kid), privateJwk);
    const { state } = move;
    await this.repository.insert(tx, {
      kid,
      purpose,
      state,
      since: now,
      publicJwk,
      wrapped,
      createdAt: now,
    });
    await this.recorder.record(tx, 'key.created', { kid, purpose });
  }
}
