import { join } from 'node:path';
import { emailOf, PERSONA_NAMES, PERSONAS, type PersonaName } from './personas.js';
import type { RunningSandbox } from './sandbox.js';
import { writePrivateJson } from './state/private-file.js';

const REFRESH_MS = 4 * 60_000;
export const SANDBOX_FILE = 'sandbox.json';

interface PersonaEntry {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly accessToken: string;
}

/** What scripts and tests may rely on, as `sandbox.json` in the state folder tells it. */
export interface SandboxFile {
  readonly publicUrl: string;
  readonly issuer: string;
  readonly databaseUrl: string;
  readonly log: { readonly url: string; readonly vkey: string };
  readonly personas: Readonly<Record<PersonaName, PersonaEntry>>;
  readonly stores: readonly {
    readonly id: string;
    readonly name: string;
    readonly endpoint: string;
    readonly region: string;
    readonly bucket: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  }[];
  readonly datasets: readonly { readonly id: string; readonly title: string }[];
  readonly agreements: readonly {
    readonly id: string;
    readonly title: string;
    readonly status: string;
  }[];
}

/** Describes a running sandbox, with access tokens issued now. */
async function describeSandbox(sandbox: RunningSandbox): Promise<SandboxFile> {
  const { publicUrl, issuer, databaseUrl, log, seeded, stores } = sandbox;
  const personas = await Promise.all(
    PERSONA_NAMES.map(async (role) => {
      const entry: PersonaEntry = {
        name: PERSONAS[role],
        email: emailOf(role),
        password: sandbox.passwords[role],
        accessToken: await sandbox.issueAccessToken(role),
      };
      return [role, entry] as const;
    }),
  );
  return {
    publicUrl,
    issuer,
    databaseUrl,
    log,
    personas: Object.fromEntries(personas) as Record<PersonaName, PersonaEntry>,
    stores: seeded.stores.flatMap(({ id, name, region, bucket }) =>
      stores
        .filter((store) => store.bucket === bucket)
        .map(({ endpoint, keys }) => ({ id, name, endpoint, region, bucket, ...keys.owner })),
    ),
    datasets: seeded.datasets,
    agreements: await sandbox.readAgreements(),
  };
}

/**
 * Writes `sandbox.json` now and every four minutes, well before its access tokens end.
 * @returns stops the writing.
 */
export async function keepSandboxFile(
  sandbox: RunningSandbox,
  onFault: (fault: unknown) => void,
): Promise<() => void> {
  const path = join(sandbox.folder, SANDBOX_FILE);
  const write = async (): Promise<void> => {
    await writePrivateJson(path, await describeSandbox(sandbox));
  };
  await write();
  const timer = setInterval(() => {
    write().catch(onFault);
  }, REFRESH_MS);
  return () => {
    clearInterval(timer);
  };
}
