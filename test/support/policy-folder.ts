import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { policiesFolder } from '../../src/policy/storage/policy-files.js';

export type PolicyFile = 'model.conf' | 'roles.csv' | 'guardrails.csv';

const made: string[] = [];

/** A copy of the shipped policy texts with one of them edited. Fails when the edit changes nothing. */
export function policyFolderWith(file: PolicyFile, edit: (text: string) => string): URL {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-policies-'));
  made.push(folder);
  for (const name of ['model.conf', 'roles.csv', 'guardrails.csv']) {
    cpSync(fileURLToPath(new URL(name, policiesFolder())), join(folder, name));
  }
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const edited = edit(text);
  if (edited === text) {
    throw new Error(`The fault to plant is not in ${file}`);
  }
  writeFileSync(path, edited);
  return pathToFileURL(`${folder}/`);
}

export function removePolicyFolders(): void {
  for (const folder of made.splice(0)) {
    rmSync(folder, { recursive: true });
  }
}

/** A folder of an operator's own, which begins as the shipped one. */
export function ownPolicyFolder(): {
  readonly path: string;
  readonly write: (name: string, content: string | Uint8Array) => void;
} {
  const path = mkdtempSync(join(tmpdir(), 'concordat-policies-'));
  made.push(path);
  cpSync(fileURLToPath(policiesFolder()), path, { recursive: true });
  return {
    path,
    write: (name, content) => {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    },
  };
}
