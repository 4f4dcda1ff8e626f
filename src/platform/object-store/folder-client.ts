import { DeleteObjectCommand, PutObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import type { ServedAs } from '../object-folder/object-folder.js';
import { StoreClient } from './store-client.js';
import type { StoreLocation } from './store-location.js';

/** Under what an object is stored: nothing stands there, or what stands there has this ETag. */
export type WriteCondition = { readonly absent: true } | { readonly etag: string };

export type Stored = 'stored' | 'refused' | 'busy';

/** A store that is the operator's own, and written to. What is a partner's is only ever read. */
export class FolderClient extends StoreClient {
  /**
   * Stores an object if the condition holds.
   * @returns `refused` when it does not; `busy` when the store could not tell, for others wrote at the same time.
   * @throws ConcordatError `store_unreachable`, `store_failed`.
   */
  async put(
    location: StoreLocation,
    object: { readonly key: string; readonly body: Buffer; readonly servedAs: ServedAs },
    condition: WriteCondition,
  ): Promise<{ readonly answer: Stored; readonly tries: number }> {
    const command = new PutObjectCommand({
      Bucket: location.bucket,
      Key: object.key,
      Body: object.body,
      ContentType: object.servedAs.contentType,
      CacheControl: object.servedAs.cacheControl,
      // Without its quotes: AWS takes both, and Ceph compares them with what has none.
      ...('absent' in condition
        ? { IfNoneMatch: '*' }
        : { IfMatch: condition.etag.replaceAll('"', '') }),
    });
    return this.send(location, 'question', async (client) => {
      try {
        const { $metadata } = await client.send(command);
        return { answer: 'stored', tries: $metadata.attempts ?? 1 };
      } catch (error) {
        const answer = answerOf(error, condition);
        if (!answer) {
          throw error;
        }
        return { answer, tries: (error as S3ServiceException).$metadata.attempts ?? 1 };
      }
    });
  }

  /** Removes an object; nothing happens where there is none. */
  async remove(location: StoreLocation, key: string): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: location.bucket, Key: key });
    await this.send(location, 'question', (client) => client.send(command));
  }
}

function answerOf(error: unknown, condition: WriteCondition): Stored | undefined {
  if (!(error instanceof S3ServiceException)) {
    return undefined;
  }
  const isGone = error.name === 'NoSuchKey' && 'etag' in condition;
  if (error.$metadata.httpStatusCode === 412 || isGone) {
    return 'refused';
  }
  return error.name === 'ConditionalRequestConflict' ? 'busy' : undefined;
}
