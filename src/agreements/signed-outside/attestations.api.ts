import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import type { ProposedView } from '../../organisations/approvals/approvals.service.js';
import { Access } from '../../platform/web/access.js';
import { IdParam } from '../../platform/web/validation.js';
import { Attestations } from './attestations.service.js';

class AttestDto {
  /** The hash of what was read; its document holds the digest of the signed paper. */
  @Matches(/^sha-256:[0-9a-f]{64}$/, { message: 'must be sha-256: and 64 hexadecimal digits' })
  versionHash: string;
}

/** Agreements signed outside: the first of the two who vouch for the paper. The second answers the approval. */
@ApiTags('agreements')
@Controller('api/v1/agreements')
export class AttestationsApi {
  constructor(private readonly attestations: Attestations) {}

  @Post(':id/attest')
  @HttpCode(202)
  @Access('agreement:attest')
  attest(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { versionHash }: AttestDto,
  ): Promise<ProposedView> {
    return this.attestations.propose(principal, id, versionHash);
  }
}
