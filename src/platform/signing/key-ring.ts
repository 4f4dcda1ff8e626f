import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../database/database.js';
import { RepeatedJob } from '../jobs/repeated-job.js';
import { Secrets } from '../secrets/secrets.service.js';
import { isPublished, KEY_PURPOSES, type KeyPurpose } from './key-rotation.rules.js';
import { KeyRotation } from './key-rotation.service.js';
import { SigningKeyRepository, type SigningKeyRow } from './signing-key.repository.js';
import { importSigningKey, wrappingName, type SigningKey } from './signing-key.js';

/** How soon a node hears of a key that was taken back. */
const EVERY_MS = 2_000;
/** How often a key that nobody knows makes a node look. */
const LOOK_MS = 1_000;

/** The keys as this node knows them. It looks again and again, and at once for a key that it has not heard of. */
@Injectable()
export class KeyRing implements OnApplicationBootstrap, OnApplicationShutdown {
  private rows: readonly SigningKeyRow[] = [];
  private readonly log = new Logger(KeyRing.name);
  private readonly unopened = new Set<string>();
  private readonly active = new Map<KeyPurpose, SigningKey>();
  private readonly job = new RepeatedJob('signing_keys_unread', EVERY_MS, () => this.load());
  private loading: Promise<void> | undefined;
  private lookedAt = -Infinity;

  constructor(
    private readonly database: Database,
    private readonly repository: SigningKeyRepository,
    private readonly rotation: KeyRotation,
    private readonly secrets: Secrets,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `signing_unavailable` when this node's KEK opens none of the keys: then it may make none. */
  async onApplicationBootstrap(): Promise<void> {
    await this.rotation.proveSecret();
    await this.rotation.turn();
    await this.load();
    this.job.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }

  /** The one that signs. */
  activeOf(purpose: KeyPurpose): SigningKey | undefined {
    return this.active.get(purpose);
  }

  /** Those whose signatures count now, oldest first. */
  published(): readonly SigningKeyRow[] {
    const now = this.clock.now();
    return this.rows.filter((row) => isPublished(row, now));
  }

  /** Looks once more for a key that is not here, whoever asks; at most once a second. */
  async lookAgain(): Promise<void> {
    const now = this.clock.now().getTime();
    if (this.loading) {
      await this.loading;
    } else if (Math.abs(now - this.lookedAt) >= LOOK_MS) {
      this.lookedAt = now;
      await this.load();
    }
  }

  load(): Promise<void> {
    this.loading ??= this.read().finally(() => (this.loading = undefined));
    return this.loading;
  }

  // What counts is known first: no key that cannot be opened keeps this node believing one that was taken back.
  private async read(): Promise<void> {
    this.rows = await this.repository.findAll(this.database.manager);
    for (const purpose of KEY_PURPOSES) {
      const row = this.rows.find((each) => each.purpose === purpose && each.state === 'active');
      if (row?.kid !== this.active.get(purpose)?.kid) {
        const key = row && (await this.open(row));
        if (key) {
          this.active.set(purpose, key);
        } else {
          this.active.delete(purpose);
        }
      }
    }
  }

  /** @returns undefined, and says so once, for a key that does not open: nothing is signed for its purpose. */
  private async open({ kid, purpose, wrapped }: SigningKeyRow): Promise<SigningKey | undefined> {
    try {
      const key = await importSigningKey(this.secrets.open(wrappingName(kid), wrapped));
      this.unopened.delete(kid);
      return key;
    } catch (error) {
      if (!this.unopened.has(kid)) {
        this.unopened.add(kid);
        const msg = 'A signing key cannot be opened';
        this.log.error({ msg, code: 'signing_key_unopened', kid, purpose, err: error });
      }
      return undefined;
    }
  }
}
