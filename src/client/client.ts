import { mkdir } from 'node:fs/promises';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { ClientEnvironment } from '../config/client-environment.js';
import { systemClock } from '../kernel/clock.js';
import { Broker, type Caller } from './broker.js';
import { ClientError, EXIT, type ExitCode } from './client-error.js';
import { download } from './download/download.js';
import { Feed } from './feed.js';
import { Grant, type GrantView } from './grant.js';
import { newProofKey, type ProofKey } from './proof-key.js';
import { makeRequest, type RequestOptions } from './request.js';
import { SessionFile, type SavedSession } from './session-file.js';
import { SignIn } from './sign-in.js';
import { table } from './table.js';

const DEFAULT_CLIENT = 'concordat-cli';
const PARALLEL = 4;
const MAX_PARALLEL = 16;
const MAX_LISTED = 1_000;

export const CLIENT_USAGE = [
  'concordat login <broker> [--client-id ID]        sign in with a code, in a browser anywhere',
  'concordat logout',
  'concordat datasets [words] [--json]              what there is',
  'concordat request --project ID --dataset ID --agreement ID --purpose IRI --justification TEXT [--until DAY] [--delivery MODE]',
  'concordat grants [--json]                        yours, with their ends and limits',
  'concordat get <grant or access request> [pattern] [--out FOLDER] [--parallel N] [--force]',
  'concordat feed <grant or access request> [--follow] [--cursor FILE]',
].join('\n');

interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly access: string;
  readonly kind: string;
}

/** The researcher's commands, by name. Each gives the exit code. */
export class Client {
  private readonly file: SessionFile;
  private readonly signIn: SignIn;

  constructor(
    private readonly environment: ClientEnvironment,
    private readonly print: (line: string) => void,
    private readonly say: (line: string) => void,
  ) {
    this.file = new SessionFile(environment.folder);
    this.signIn = new SignIn(this.file, systemClock);
  }

  /** @returns undefined for a name that is no command of these. */
  run(name: string, args: readonly string[]): Promise<ExitCode> | undefined {
    switch (name) {
      case 'login':
        return this.login(args);
      case 'logout':
        return this.logout();
      case 'datasets':
        return this.datasets(args);
      case 'request':
        return this.request(args);
      case 'grants':
        return this.grants(args);
      case 'get':
        return this.get(args);
      case 'feed':
        return this.feed(args);
      default:
        return undefined;
    }
  }

  private async login(args: readonly string[]): Promise<ExitCode> {
    const { values, positionals } = parse(args, { 'client-id': { type: 'string' } });
    const [broker = this.environment.broker] = positionals;
    if (broker === undefined) {
      throw usage('login needs the address of the broker');
    }
    const clientId = text(values['client-id']) ?? DEFAULT_CLIENT;
    await this.signIn.signIn(broker, clientId, ({ url, userCode }) => {
      this.say(`Open ${url}\nand enter the code ${userCode}`);
    });
    this.say('You are signed in.');
    return EXIT.done;
  }

  private async logout(): Promise<ExitCode> {
    await this.file.remove();
    return EXIT.done;
  }

  private async datasets(args: readonly string[]): Promise<ExitCode> {
    const { values, positionals } = parse(args, { json: { type: 'boolean' } });
    const { broker } = await this.connect();
    const words = positionals.join(' ');
    const query = words === '' ? '' : `?q=${encodeURIComponent(words)}`;
    const found = await broker.list<Dataset>(`/api/v1/datasets${query}`, MAX_LISTED);
    this.show(values['json'] === true, found, [
      ['id', 'access', 'kind', 'title'],
      ...found.map(({ id, access, kind, title }) => [id, access, kind, title]),
    ]);
    return EXIT.done;
  }

  private async request(args: readonly string[]): Promise<ExitCode> {
    const string = { type: 'string' } as const;
    const { values } = parse(args, {
      project: string,
      dataset: string,
      agreement: string,
      purpose: string,
      justification: string,
      until: string,
      delivery: string,
    });
    const { broker } = await this.connect();
    const options = Object.fromEntries(
      Object.entries(values).filter(([, value]) => typeof value === 'string'),
    ) as RequestOptions;
    const { id, status } = await makeRequest(broker, options);
    this.print(id);
    this.say(`The access request is ${status}.`);
    return EXIT.done;
  }

  private async grants(args: readonly string[]): Promise<ExitCode> {
    const { values } = parse(args, { json: { type: 'boolean' } });
    const { broker } = await this.connect();
    const grants = await broker.list<GrantView>('/api/v1/grants', MAX_LISTED);
    this.show(values['json'] === true, grants, [
      ['id', 'status', 'mode', 'until', 'bytes', 'dataset'],
      ...grants.map((grant) => [
        grant.id,
        grant.status,
        grant.delivery,
        grant.expiresAt,
        `${String(grant.bytesDelivered)}${grant.maxBytes === null ? '' : `/${String(grant.maxBytes)}`}`,
        grant.datasetId,
      ]),
    ]);
    return EXIT.done;
  }

  private async get(args: readonly string[]): Promise<ExitCode> {
    const { values, positionals } = parse(args, {
      out: { type: 'string' },
      parallel: { type: 'string' },
      force: { type: 'boolean' },
    });
    const [id, pattern, ...more] = positionals;
    if (id === undefined || more.length > 0) {
      throw usage('get needs the id of a grant or of an access request, and at most one pattern');
    }
    const options = {
      folder: text(values['out']) ?? '.',
      pattern,
      parallel: readParallel(text(values['parallel'])),
      isForced: values['force'] === true,
      say: this.say,
    };
    return download(await this.open(id), options);
  }

  private async feed(args: readonly string[]): Promise<ExitCode> {
    const { values, positionals } = parse(args, {
      follow: { type: 'boolean' },
      cursor: { type: 'string' },
    });
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0) {
      throw usage('feed needs the id of a grant or of an access request');
    }
    const grant = await this.open(id);
    if (grant.feedUrl === null) {
      throw new ClientError(EXIT.failed, 'The grant is on files: use concordat get');
    }
    const isFollowed = values['follow'] === true;
    const options = { cursorFile: text(values['cursor']), isFollowed, print: this.print };
    await new Feed(grant, grant.feedUrl, options).run();
    return EXIT.done;
  }

  private async open(id: string): Promise<Grant> {
    const { broker, key } = await this.connect();
    return Grant.open(broker, { key, clock: systemClock }, id);
  }

  /** The broker as whoever signed in, or by the personal token of the environment. */
  private async connect(): Promise<{ readonly broker: Broker; readonly key: ProofKey }> {
    const { broker: url, token } = this.environment;
    const saved = await this.file.read();
    const address = url ?? saved?.broker;
    if (token !== undefined) {
      if (address === undefined) {
        throw usage('CONCORDAT_BROKER is to name the broker that CONCORDAT_TOKEN is for');
      }
      const caller = { headers: () => Promise.resolve({ authorization: `Bearer ${token}` }) };
      return { broker: new Broker(address, caller), key: await this.keptKey(saved) };
    }
    // What was given to one broker is shown to no other.
    if (!saved || (url !== undefined && new URL(url).origin !== new URL(saved.broker).origin)) {
      throw new ClientError(
        EXIT.notSignedIn,
        'You are not signed in: run concordat login <broker>',
      );
    }
    return { broker: new Broker(saved.broker, this.callerOf(saved)), key: saved.key };
  }

  private callerOf(saved: SavedSession): Caller {
    let session = Promise.resolve(saved);
    return {
      headers: async () => {
        session = session.then((current) => this.signIn.fresh(current));
        return { authorization: `Bearer ${(await session).accessToken}` };
      },
    };
  }

  // A script's grants are bound to a key of one run where it has no sign-in of its own.
  private async keptKey(saved: SavedSession | undefined): Promise<ProofKey> {
    await mkdir(this.environment.folder, { recursive: true, mode: 0o700 });
    return saved?.key ?? newProofKey();
  }

  private show(isJson: boolean, rows: readonly unknown[], cells: readonly string[][]): void {
    if (isJson) {
      rows.forEach((row) => {
        this.print(JSON.stringify(row));
      });
    } else {
      table(cells).forEach(this.print);
    }
  }
}

function parse(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : 'unknown option');
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function readParallel(value: string | undefined): number {
  const number = value === undefined ? PARALLEL : Number(value);
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARALLEL) {
    throw usage(`--parallel is a whole number from 1 to ${String(MAX_PARALLEL)}`);
  }
  return number;
}

function usage(message: string): ClientError {
  return new ClientError(EXIT.usage, message);
}
