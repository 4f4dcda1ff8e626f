import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import ZipStream from 'zip-stream';

/** A file of a bag: its path in the bag, and its content, whole or in parts. */
export interface BagFile {
  readonly path: string;
  readonly content: string | AsyncIterable<string>;
}

const PAYLOAD = 'data/';

/**
 * Files as a bag of BagIt 1.0 with SHA-512 manifests, in a ZIP archive that is written while the files are made: one of
 * them at a time is in memory.
 * @param date of every file, so that the same files make the same archive.
 * @see RFC 8493
 */
export async function* bagOf(files: AsyncIterable<BagFile>, date: Date): AsyncGenerator<Buffer> {
  const zip = new ZipStream({ zlib: { level: 6 } });
  const filled = fill(zip, files, date).then(
    () => {
      zip.finalize();
    },
    (error: unknown) => zip.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    yield* zip as AsyncIterable<Buffer>;
  } finally {
    zip.destroy();
    await filled;
  }
}

async function fill(zip: ZipStream, files: AsyncIterable<BagFile>, date: Date): Promise<void> {
  const manifest: string[] = [];
  const tagManifest: string[] = [];
  const add = async (file: BagFile): Promise<void> => {
    const line = `${await addFile(zip, file, date)}  ${file.path}\n`;
    (file.path.startsWith(PAYLOAD) ? manifest : tagManifest).push(line);
  };
  const declaration = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
  await add({ path: 'bagit.txt', content: declaration });
  for await (const file of files) {
    await add(file);
  }
  await add({ path: 'manifest-sha512.txt', content: manifest.join('') });
  await addFile(zip, { path: 'tagmanifest-sha512.txt', content: tagManifest.join('') }, date);
}

/** @returns the file's SHA-512. */
async function addFile(zip: ZipStream, { path, content }: BagFile, date: Date): Promise<string> {
  const hash = createHash('sha512');
  const source =
    typeof content === 'string'
      ? Buffer.from(content)
      : Readable.from(hashed(content, hash), { objectMode: false });
  if (Buffer.isBuffer(source)) {
    hash.update(source);
  }
  await new Promise<void>((resolve, reject) => {
    // An archive that is given up answers no entry any more.
    zip.once('close', resolve);
    zip.entry(source, { name: path, date }, (error?: Error | null) => {
      zip.off('close', resolve);
      if (error) {
        reject(error);
      } else {
        resolve();
      }
    });
  });
  return hash.digest('hex');
}

async function* hashed(parts: AsyncIterable<string>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const part of parts) {
    const bytes = Buffer.from(part);
    hash.update(bytes);
    yield bytes;
  }
}
