import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../../config/config.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { verifyProofSignature } from '../../platform/signing/dpop-jws.js';
import { proofUse } from './dpop-proof.rules.js';
import { UsedProofs } from './used-proofs.service.js';

/** Nodes' clocks differ: a used proof is remembered for longer than any of them would take it. */
const MARGIN_SECONDS = 60;

/** Proofs of possession as requests carry them (RFC 9449): which key their sender holds. */
@Injectable()
export class DpopProofs {
  constructor(
    private readonly used: UsedProofs,
    @Inject(Config) private readonly config: Pick<Config, 'publicUrl'>,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @param token already verified, which the proof must name: nobody without one fills the table of used proofs.
   * @returns the thumbprint of the key that the request proves; undefined for a request without a proof.
   * @throws ConcordatError `dpop_proof_invalid` (401) for a proof of something else, of another time, or used before.
   */
  async keyOf(request: Request, token: string): Promise<string | undefined> {
    // Two headers are joined by a comma, which no proof has.
    const proof = request.get('dpop');
    if (proof === undefined) {
      return undefined;
    }
    const signed = await verifyProofSignature(proof);
    const url = this.config.publicUrl + request.originalUrl;
    const now = this.clock.now().getTime() / 1000;
    const use = signed && proofUse(signed.claims, { method: request.method, url, token }, now);
    if (!use || !(await this.used.use(signed.jkt, use.jti, untilOf(use.usableUntil)))) {
      throw new ConcordatError('dpop_proof_invalid');
    }
    return signed.jkt;
  }
}

function untilOf(usableUntil: number): Date {
  return new Date((usableUntil + MARGIN_SECONDS) * 1000);
}
