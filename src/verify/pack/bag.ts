import { createHash } from 'node:crypto';
import { utf8 } from '../formats/text.js';
import { badInput, failed, within } from '../refusal.js';
import type { ZipFile } from './zip-file.js';

const MAX_TAG_FILE_BYTES = 67_108_864;
const DECLARATION = 'bagit.txt';
const PAYLOAD = 'data/';
const MANIFEST = 'manifest-sha512.txt';
const TAG_MANIFEST = 'tagmanifest-sha512.txt';
const MANIFESTS: readonly string[] = [MANIFEST, TAG_MANIFEST];

/** A BagIt bag in an archive, at its top or in one folder. Paths are those in the bag. */
export class Bag {
  private constructor(
    private readonly zip: ZipFile,
    private readonly base: string,
    readonly paths: readonly string[],
  ) {}

  /**
   * @throws Refusal `badInput` for what is no bag of BagIt 1.0 with SHA-512 manifests.
   * @see RFC 8493
   */
  static async open(zip: ZipFile): Promise<Bag> {
    const found = zip.names.find((name) => /^([^/]+\/)?bagit\.txt$/.test(name));
    const base = found?.slice(0, -DECLARATION.length);
    if (base === undefined || zip.names.some((name) => !name.startsWith(base))) {
      throw badInput('it is no bag: bagit.txt is not at its top', { object: DECLARATION });
    }
    const paths = zip.names.map((name) => name.slice(base.length));
    const bag = new Bag(zip, base, paths);
    const declaration = await bag.text(DECLARATION);
    if (!/^BagIt-Version: 1\.0\r?\nTag-File-Character-Encoding: UTF-8\r?\n?$/.test(declaration)) {
      throw badInput('it is not of BagIt 1.0 in UTF-8', { object: DECLARATION });
    }
    const stray = paths.find(
      (path) =>
        path === 'fetch.txt' || (/^(tag)?manifest-/.test(path) && !MANIFESTS.includes(path)),
    );
    if (stray !== undefined) {
      throw badInput('a pack is whole, with SHA-512 manifests alone', { object: stray });
    }
    return bag;
  }

  /** Verifies that there is every file that is listed and no other, and that each has its digest. */
  async verify(onFile: () => void): Promise<void> {
    const isPayload = (path: string): boolean => path.startsWith(PAYLOAD);
    await this.verifyListed(MANIFEST, this.paths.filter(isPayload), onFile);
    const tags = this.paths.filter((path) => !isPayload(path) && path !== TAG_MANIFEST);
    await this.verifyListed(TAG_MANIFEST, tags, onFile);
  }

  read(path: string, maxBytes: number): Promise<Buffer | undefined> {
    return this.zip.read(`${this.base}${path}`, maxBytes);
  }

  stream(path: string): AsyncIterable<Buffer> {
    return this.zip.stream(`${this.base}${path}`);
  }

  private async verifyListed(
    manifest: string,
    paths: readonly string[],
    onFile: () => void,
  ): Promise<void> {
    const text = await this.text(manifest);
    const digests = within(manifest, () => readManifest(text));
    const unlisted = paths.find((path) => !digests.has(path));
    if (unlisted !== undefined) {
      throw failed(`it is not listed in ${manifest}`, { object: unlisted });
    }
    const there = new Set(paths);
    const missing = [...digests.keys()].find((path) => !there.has(path));
    if (missing !== undefined) {
      throw failed(`it is listed in ${manifest} and not in the pack`, { object: missing });
    }
    for (const [path, digest] of digests) {
      const hash = createHash('sha512');
      for await (const part of this.stream(path)) {
        hash.update(part);
      }
      if (hash.digest('hex') !== digest) {
        throw failed(`its SHA-512 is not the one in ${manifest}`, { object: path });
      }
      onFile();
    }
  }

  private async text(path: string): Promise<string> {
    const bytes = await this.read(path, MAX_TAG_FILE_BYTES);
    if (!bytes) {
      throw badInput('the bag has no such file', { object: path });
    }
    return within(path, () => utf8(bytes));
  }
}

function readManifest(text: string): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  const lines = text.split(/\r\n|\n|\r/);
  for (const line of lines.filter((one) => one !== '')) {
    const [, digest, path] = /^([0-9a-fA-F]{128})[ \t]+(.+)$/.exec(line) ?? [];
    if (digest === undefined || path === undefined) {
      throw badInput('a line is not a SHA-512 and a path');
    }
    // RFC 8493 section 2.1.3: of a path these three alone are encoded.
    const decoded = path.replaceAll(/%(0A|0D|25)/gi, (code) => decodeURIComponent(code));
    if (digests.has(decoded)) {
      throw badInput('it is listed twice', { field: decoded });
    }
    digests.set(decoded, digest.toLowerCase());
  }
  return digests;
}
