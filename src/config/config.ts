import type { WorkingHours } from '../kernel/working-hours.js';

/** Everything the broker reads from its environment, validated once at boot and frozen. */
export interface Config {
  readonly environment: 'production' | 'development' | 'test';
  /** Where people and programs reach the broker; no trailing slash. The issuer and audience of its tokens. */
  readonly publicUrl: string;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly sessionDatabaseUrl: string;
  readonly secretsDatabaseUrl: string;
  readonly databasePoolSize: number;
  readonly oidc: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret: string;
  };
  /** `acr` values of the OpenID provider and the level each proves; unlisted values prove level 1. */
  readonly acrLevels: ReadonlyMap<string, 1 | 2 | 3>;
  /** Key-encryption key: wraps signing keys, store credentials and subject keys. 32 bytes. */
  readonly kek: Buffer;
  readonly log: LogConfig;
  readonly storeEndpointHosts: readonly string[];
  readonly egressAllowCidrs: readonly string[];
  /** Header in which a trusted proxy names the caller's country (ISO 3166-1 alpha-2). */
  readonly countryHeader?: string;
  /** The sandbox's country; refused in production. */
  readonly fixedCountry?: string;
  readonly trustedProxies: readonly string[];
  /** The operator's mail server; absent: mails stay in the outbox. */
  readonly smtp?: {
    /** With user name and password, where it wants them. */
    readonly url: string;
    readonly from: string;
  };
  /** From the end of one reading of a store's access log to the next. */
  readonly accessLogEverySeconds: number;
  /** How late a store may write it: before that nothing is called missing. */
  readonly accessLogLagSeconds: number;
  readonly alerts: AlertConfig;
  readonly logLevel: string;
  readonly issueRatePerMinute: number;
  /** Of one address. */
  readonly signInRatePerMinute: number;
}
export const Config = Symbol('Config');

/** From where on something is unusual. */
export interface AlertConfig {
  /** Reading outside them is told of; null: at any hour it is as usual. */
  readonly hours: WorkingHours | null;
  readonly limits: {
    /** Of one grant or person on one day: up to this nothing is unusual. */
    readonly bytesFloor: number;
    readonly readsFloor: number;
    /** Of one person within an hour: so many are. */
    readonly refusals: number;
  };
}

/** The public log, as whoever serves it knows it. */
export interface LogConfig {
  /** Its name in checkpoints and keys. */
  readonly origin: string;
  /** Where its tiles and checkpoints are. */
  readonly tiles: FolderPlace;
}

/** Where objects lie that outlive the database: in a folder on a disk, or in a bucket under a prefix. */
export type FolderPlace =
  | { readonly kind: 'disk'; readonly path: string }
  | {
      readonly kind: 'bucket';
      /** `https://host[:port]`. */
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      readonly addressing: 'path' | 'virtual';
      /** Empty, or ends with a slash. */
      readonly prefix: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
    };

/** What the worker holds beside the broker's configuration, and nobody else. */
export interface WorkerConfig extends Config {
  readonly sequencerDatabaseUrl: string;
  readonly publisherDatabaseUrl: string;
  readonly eraserDatabaseUrl: string;
  /** Where the published size is kept, outside the main database. */
  readonly logHead: FolderPlace;
  /** Seeds of the keys that sign checkpoints, the current one first. 32 bytes each. */
  readonly logKeys: readonly Buffer[];
}
export const WorkerConfig = Symbol('WorkerConfig');
