import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** What listens on the consecutive ports of a sandbox, in their order. */
const SERVICES = [
  ['broker', 'the broker'],
  ['provider', 'the OpenID provider'],
  ['storeOne', 'the first partner store'],
  ['storeTwo', 'the second partner store'],
  ['postgres', 'PostgreSQL'],
  ['smtp', 'the mail server'],
  ['mailbox', 'the mailbox page'],
] as const;
type Service = (typeof SERVICES)[number][0];
export type PortPlan = Readonly<Record<Service, number>>;

export const DEFAULT_PORT = 3000;
const MAX_PORT = 65_535;
// Below the ephemeral range of Linux and above what services are usually given.
const FREE_RANGE = [20_000, 32_000] as const;
const ATTEMPTS = 50;

/** A fault of the caller's making, said in one line without a stack. */
export class SandboxError extends Error {}

/** The first port that `PORT` names. @throws SandboxError when that is no port, or leaves too few above it. */
export function readFirstPort(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') {
    return undefined;
  }
  const port = Number(text);
  const last = MAX_PORT - SERVICES.length + 1;
  if (!Number.isInteger(port) || port < 1 || port > last) {
    throw new SandboxError(`PORT must be a whole number from 1 to ${String(last)}.`);
  }
  return port;
}

export function planPorts(first: number): PortPlan {
  const entries = SERVICES.map(([service], at) => [service, first + at] as const);
  return Object.fromEntries(entries) as Record<Service, number>;
}

/** Refuses a plan with a port in use: another port would be another sandbox. @throws SandboxError naming it. */
export async function requireFreePorts(plan: PortPlan): Promise<void> {
  for (const [service, description] of SERVICES) {
    if (!(await isFree(plan[service]))) {
      throw new SandboxError(
        `Port ${String(plan[service])}, for ${description}, is taken. Stop what listens there, or choose another ` +
          `sandbox with SANDBOX_DIR and PORT, the first of ${String(SERVICES.length)} ports.`,
      );
    }
  }
}

/** A first port with as many free ones above it as a sandbox needs. */
export async function findFreeFirstPort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const first = randomInt(...FREE_RANGE);
    const ports = Object.values(planPorts(first));
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) {
      return first;
    }
  }
  throw new SandboxError('Found no free ports on this machine.');
}

/** Listening without a host covers every address, so that a service on any of them shows. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** A port that nothing listens on. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(...FREE_RANGE);
    if (await isFree(port)) {
      return port;
    }
  }
  throw new SandboxError('No free port was found.');
}
