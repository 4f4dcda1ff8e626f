import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../database/database.js';
import { RepeatedJob } from '../jobs/repeated-job.js';
import { Secrets } from '../secrets/secrets.service.js';
import { isPublished, type KeyPurpose } from './key-rotation.rules.js';
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

  async onApplicationBootstrap(): Promise<void> {
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

  private async read(): Promise<void> {
    const rows = await this.repository.findAll(this.database.manager);
    for (const { purpose, kid, state, wrapped } of rows) {
      if (state === 'active' && this.active.get(purpose)?.kid !== kid) {
        const jwk = this.secrets.open(wrappingName(kid), wrapped);
        this.active.set(purpose, await importSigningKey(jwk));
      }
    }
    this.rows = rows;
  }
}
