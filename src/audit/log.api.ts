import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { ConcordatError } from '../kernel/errors.js';
import type { ServedAs } from '../platform/object-folder/object-folder.js';
import { Public } from '../platform/web/access.js';
import { SERVED_AS } from './log/served-as.js';
import { TileStore } from './publisher/tile-store.js';

const TILE = /^(?:entries|\d{1,2})(?:\/x\d{3}){0,6}\/\d{3}(?:\.p\/\d{1,3})?$/;

/** The public log, from its stored objects alone: it answers while the database is away. @see C2SP tlog-tiles */
@ApiExcludeController()
@Controller('log')
export class LogApi {
  constructor(private readonly tiles: TileStore) {}

  @Public()
  @Get('checkpoint')
  checkpoint(@Res() response: Response): Promise<void> {
    return this.send(response, 'checkpoint', SERVED_AS.checkpoint);
  }

  /** The keys that checkpoints are signed with, one a line. */
  @Public()
  @Get('vkey')
  verifierKeys(@Res() response: Response): Promise<void> {
    return this.send(response, 'vkey', SERVED_AS.vkey);
  }

  @Public()
  @Get('tile/*path')
  tile(@Param('path') path: string | readonly string[], @Res() response: Response): Promise<void> {
    const name = typeof path === 'string' ? path : path.join('/');
    if (!TILE.test(name)) {
      throw new ConcordatError('not_found');
    }
    return this.send(response, `tile/${name}`, SERVED_AS.tile);
  }

  private async send(
    response: Response,
    path: string,
    { contentType, cacheControl }: ServedAs,
  ): Promise<void> {
    const bytes = await this.tiles.read(path);
    if (!bytes) {
      throw new ConcordatError('not_found');
    }
    response
      .set('Content-Type', contentType)
      .set('Cache-Control', cacheControl)
      .set('Access-Control-Allow-Origin', '*')
      .set('Cross-Origin-Resource-Policy', 'cross-origin')
      .send(bytes);
  }
}
