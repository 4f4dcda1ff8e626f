import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PARENT_WATCH = new URL('./parent-watch.js', import.meta.url).href;
const STOP_TIMEOUT_MS = 10_000;

export interface ChildOptions {
  readonly name: string;
  /** The script and its arguments. */
  readonly script: URL;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What every child gets of this process's environment: nothing that could configure it. */
function plainEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), TZ: 'UTC' };
}

/** The processes of one sandbox. They stop in the reverse of the order in which they were started. */
export class Children {
  private readonly running: { readonly name: string; readonly child: ChildProcess }[] = [];
  private isStopping = false;

  /** @param onDeath called once, when a child ends that was not told to. */
  constructor(private readonly onDeath: (message: string) => void) {}

  /** Starts a process that lasts as long as this one does. */
  start({ name, script, args = [], env }: ChildOptions): ChildProcess {
    if (this.isStopping) {
      throw new Error(`${name} was not started: the sandbox is stopping.`);
    }
    const child = spawn(
      process.execPath,
      ['--import', PARENT_WATCH, fileURLToPath(script), ...args],
      {
        env: { ...plainEnvironment(), ...env },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        // Out of the terminal's process group: Ctrl-C reaches this process, which stops them in order.
        detached: true,
      },
    );
    this.running.push({ name, child });
    child.once('error', (error) => {
      this.report(`${name} could not start: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      this.report(`${name} ended by itself (${signal ?? `exit code ${String(code)}`}).`);
    });
    return child;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    for (const { child } of this.running.reverse()) {
      await stopChild(child);
    }
    this.running.length = 0;
  }

  /** Kills one as a fall of its machine would, and nobody is told. */
  async kill(child: ChildProcess): Promise<void> {
    const at = this.running.findIndex((one) => one.child === child);
    this.running.splice(at, 1);
    child.removeAllListeners('exit');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  private report(message: string): void {
    if (!this.isStopping) {
      this.isStopping = true;
      this.onDeath(message);
    }
  }
}

/** Runs a command to its end. @throws Error with what it wrote to stderr, when it fails. */
export async function runToEnd({ name, script, args = [], env }: ChildOptions): Promise<string> {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], {
    env: { ...plainEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const [code] = (await once(child, 'close')) as [number | null];
  const [out, fault] = await output;
  if (code !== 0) {
    throw new Error(`${name} failed: ${fault.trim() || out.trim()}`);
  }
  return out;
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return;
  }
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
