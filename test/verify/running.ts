import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify } from '../../src/verify/verify.js';

export interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly said: readonly string[];
}

/** `concordat verify` with these arguments, where nobody looks at a bar. */
export async function run(...args: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const said: string[] = [];
  const output = {
    print: (text: string) => out.push(...text.split('\n')),
    say: (line: string) => said.push(line),
  };
  const code = await verify(args, output, { write: () => true });
  return { code, out, said };
}

/** A folder of its own for a test's files. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), 'concordat-verify-'));

  write(name: string, text: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  clear(): void {
    rmSync(this.folder, { recursive: true });
  }
}
