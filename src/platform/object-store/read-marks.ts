import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Secrets } from '../secrets/secrets.service.js';

const OWN = /^own-(\d{1,12})-([0-9a-f]{32})$/;
/** A probe asks for a minute; what it signed is in the store's log when it came there. */
const OWN_SECONDS = 180;

/** What was read: one key of one bucket. */
export interface MarkedObject {
  readonly bucket: string;
  readonly key: string;
}

/** Marks the reads that the broker makes for itself, so that it knows them again in a store's log, and nobody else can make one. */
@Injectable()
export class ReadMarks {
  constructor(
    private readonly secrets: Secrets,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** For a read now. */
  own(object: MarkedObject): string {
    const seconds = Math.floor(this.clock.now().getTime() / 1000);
    return `own-${String(seconds)}-${this.codeOf(object, seconds)}`;
  }

  /** True for a mark of this broker, for this object, made within three minutes of `readAt`. */
  isOwn(mark: string, object: MarkedObject, readAt: Date): boolean {
    const [, seconds = '', code = ''] = OWN.exec(mark) ?? [];
    const expected = this.codeOf(object, Number(seconds));
    return (
      code.length === expected.length &&
      timingSafeEqual(Buffer.from(code), Buffer.from(expected)) &&
      Math.abs(readAt.getTime() / 1000 - Number(seconds)) <= OWN_SECONDS
    );
  }

  private codeOf({ bucket, key }: MarkedObject, seconds: number): string {
    return createHmac('sha256', this.secrets.key('store-read-mark'))
      .update(JSON.stringify([bucket, key, seconds]))
      .digest('hex')
      .slice(0, 32);
  }
}
