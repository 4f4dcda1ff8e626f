import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Config } from '../../config/config.js';
import { PublicReads } from '../../identity/public-reads.js';
import { Public } from '../../platform/web/access.js';
import { CkanActions, type CkanOutcome } from './ckan-actions.service.js';

const ROUTE = { route: 'GET /api/3/action', readsPerMinute: 600 };
const CACHED = 'public, max-age=300';

/**
 * The actions of CKAN's API (version 3) that read, for clients that know CKAN and not us: they may send parameters by GET
 * or, as ckanapi does, as a JSON body.
 * @see https://docs.ckan.org/en/latest/api/
 */
@ApiExcludeController()
@Controller('api/3/action')
export class CkanApi {
  constructor(
    private readonly actions: CkanActions,
    private readonly reads: PublicReads,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Get(':action')
  @Public()
  async get(
    @Param('action') action: string,
    @Query() parameters: Record<string, unknown>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.answer(action, parameters, request, response);
  }

  @Post(':action')
  @HttpCode(200)
  @Public()
  async post(
    @Param('action') action: string,
    @Body() parameters: Record<string, unknown>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.answer(action, parameters, request, response);
  }

  private async answer(
    action: string,
    parameters: Record<string, unknown>,
    request: Request,
    response: Response,
  ): Promise<void> {
    await this.reads.take(ROUTE, request.ip ?? '');
    const outcome: CkanOutcome = await this.actions.run(action, parameters);
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (outcome.status === 200) {
      response.setHeader('Cache-Control', CACHED);
    }
    const help = `${this.config.publicUrl}/api/3/action/help_show?name=${encodeURIComponent(action)}`;
    response.status(outcome.status).json({ help, ...outcome.body });
  }
}
