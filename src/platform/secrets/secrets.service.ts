import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { deriveKey, openEnvelope, sealEnvelope } from './envelope.js';

/** Envelope encryption under the KEK, and keys derived from it. A KMS would take this class's place. */
@Injectable()
export class Secrets {
  constructor(@Inject(Config) private readonly config: Config) {}

  /** @param aad names the owner of the secret; the same text opens it again. */
  seal(aad: string, plaintext: Buffer): Buffer {
    return sealEnvelope(this.config.kek, aad, plaintext);
  }

  /** @throws Error when the aad, the KEK or a byte differs. */
  open(aad: string, sealed: Buffer): Buffer {
    return openEnvelope(this.config.kek, aad, sealed);
  }

  /** 32 bytes, the same for every replica that shares the KEK. */
  key(purpose: string): Buffer {
    return deriveKey(this.config.kek, purpose);
  }
}
