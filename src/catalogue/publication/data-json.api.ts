import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Inject, Logger, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Config } from '../../config/config.js';
import { PublicReads } from '../../identity/public-reads.js';
import { Public } from '../../platform/web/access.js';
import { DATA_JSON, toDataJson } from './data-json.view.js';
import { PublicCatalogue } from './public-catalogue.service.js';

const ROUTE = { route: 'GET /data.json', readsPerMinute: 10 };
const FILE_MS = 600_000;
const CACHED = 'public, max-age=300';

@ApiTags('catalogue')
@Controller()
export class DataJsonApi {
  private readonly log = new Logger('DataJson');

  constructor(
    private readonly catalogue: PublicCatalogue,
    private readonly reads: PublicReads,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Open data as `data.json`, read while it is sent. What breaks half-way cuts the connection: no part passes for the whole. */
  @Get('data.json')
  @Public()
  @ApiProduces('application/json')
  @ApiOkResponse()
  async read(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.reads.take(ROUTE, request.ip ?? '');
    await this.reads.sendFile(ROUTE, async () => {
      const chunks = this.chunks();
      const first = await chunks.next();
      response.setHeader('Cache-Control', CACHED);
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.type('application/json');
      try {
        await pipeline(Readable.from(resumed(first, chunks), { objectMode: false }), response, {
          signal: AbortSignal.timeout(FILE_MS),
        });
      } catch (error) {
        this.log.warn({ msg: 'data.json was cut', code: 'data_json_cut', err: error });
      }
    });
  }

  private async *chunks(): AsyncGenerator<string> {
    let before: string = DATA_JSON.head;
    for await (const datasets of this.catalogue.batches({ access: 'open' })) {
      for (const dataset of datasets) {
        yield before + JSON.stringify(toDataJson(this.config.publicUrl, dataset));
        before = ',';
      }
    }
    yield (before === DATA_JSON.head ? before : '') + DATA_JSON.tail;
  }
}

async function* resumed(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
): AsyncGenerator<string> {
  if (first.done !== true) {
    yield first.value;
    yield* rest;
  }
}
