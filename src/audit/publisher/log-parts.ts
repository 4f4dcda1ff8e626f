import type { Clock } from '../../kernel/clock.js';
import type { WorkerConfig } from '../../config/config.js';
import { LoginSession, type Session } from '../../platform/database/login-session.js';
import type { ObjectFolder } from '../../platform/object-folder/object-folder.js';
import { openFolder } from '../../platform/object-folder/open-folder.js';
import { proveConditions } from '../../platform/object-folder/prove-conditions.js';
import { Ed25519Key } from '../../platform/signing/ed25519-key.js';
import type { NoteSigner } from '../log/note.js';
import { readLogState } from '../sequencer/log-state.js';
import { beginLog, Sequencer } from '../sequencer/sequencer.js';
import { LogGuard } from './log-guard.js';
import { LogHalt } from './log-halt.js';
import { LogHead } from './log-head.js';
import { PartialTiles } from './partial-tiles.js';
import { Publisher } from './publisher.js';
import { TileStore } from './tile-store.js';

/** What makes the log, put together from the worker's configuration. */
export class LogParts {
  readonly signers: readonly NoteSigner[];
  readonly tiles: TileStore;
  readonly head: LogHead;
  readonly guard: LogGuard;
  readonly sequencerSession: LoginSession;
  readonly publisherSession: LoginSession;
  /** The sequencer's login on whatever database there is: for what recovers it. */
  readonly unguardedSession: LoginSession;
  /** Of the publisher's login as well: a check takes long. */
  readonly checkSession: LoginSession;
  readonly sequencer: Sequencer;
  readonly publisher: Publisher;
  /** Of the publisher's login, for what may take long beside it. */
  readonly partialsSession: LoginSession;
  readonly partials: PartialTiles;
  private readonly folders: Readonly<Record<string, ObjectFolder>>;
  private areProven = false;

  constructor(config: WorkerConfig, clock: Clock) {
    const { origin } = config.log;
    this.signers = config.logKeys.map((seed) => {
      const key = new Ed25519Key(seed);
      return { name: origin, publicKey: key.publicKey, sign: (text) => key.sign(text) };
    });
    const tiles = openFolder(config.log.tiles, config);
    const head = openFolder(config.logHead, config);
    this.folders = { LOG_TILES: tiles, LOG_HEAD: head };
    this.tiles = new TileStore(tiles);
    this.head = new LogHead(head, origin);
    this.guard = new LogGuard(this.tiles, this.head);
    this.sequencerSession = new LoginSession(config.sequencerDatabaseUrl, (session) =>
      this.admit(session),
    );
    this.unguardedSession = new LoginSession(config.sequencerDatabaseUrl);
    this.publisherSession = new LoginSession(config.publisherDatabaseUrl);
    this.checkSession = new LoginSession(config.publisherDatabaseUrl);
    this.partialsSession = new LoginSession(config.publisherDatabaseUrl);
    this.partials = new PartialTiles(this.partialsSession, this.tiles, clock);
    this.sequencer = new Sequencer(this.sequencerSession);
    this.publisher = new Publisher(
      this.publisherSession,
      this.tiles,
      this.head,
      this.guard,
      this.signers,
      clock,
    );
  }

  /**
   * Proves, until it has once, that both places leave alone what they are told to.
   * @throws ConditionsIgnored when one does not: nothing may be written there.
   */
  async proveFolders(): Promise<void> {
    if (!this.areProven) {
      await Promise.all(
        Object.entries(this.folders).map(([setting, folder]) => proveConditions(folder, setting)),
      );
      this.areProven = true;
    }
  }

  async close(): Promise<void> {
    await Promise.all(
      [
        this.sequencerSession,
        this.publisherSession,
        this.unguardedSession,
        this.checkSession,
        this.partialsSession,
      ].map((session) => session.close()),
    );
  }

  /** Each new connection may be one to a database that was restored meanwhile. */
  private async admit(session: Session): Promise<void> {
    const state = await readLogState(session);
    if (state) {
      await this.guard.check(session, state);
    } else {
      await this.requireNew();
      await beginLog(session);
    }
  }

  private async requireNew(): Promise<void> {
    const { size } = await this.head.read();
    if (size > 0n) {
      throw new LogHalt(
        'log_behind',
        `the database has no log, of ${size.toString()} events published`,
      );
    }
  }
}
