import { Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { WithGrantToken } from '../platform/web/access.js';
import { IdParam } from '../platform/web/validation.js';
import { GrantTokenCallers } from './access/grant-token-callers.js';
import { ObjectsQueryDto } from './delivery.dto.js';
import { ObjectLines } from './manifest/object-lines.service.js';
import { ObjectList } from './manifest/object-list.service.js';
import { CredentialIssuing, type CredentialsView } from './sts/credential-issuing.service.js';
import { rawObjectPath } from './object-path.js';
import { ObjectReading } from './object-reading.service.js';

const NDJSON = 'application/x-ndjson';

@ApiTags('delivery')
@Controller('api/v1/grants')
export class DeliveryApi {
  constructor(
    private readonly callers: GrantTokenCallers,
    private readonly list: ObjectList,
    private readonly lines: ObjectLines,
    private readonly reading: ObjectReading,
    private readonly credentials: CredentialIssuing,
  ) {}

  /** Serves HEAD too, as Express does for every GET. */
  @Get(':id/objects')
  @WithGrantToken()
  async listObjects(
    @Param('id', IdParam) id: string,
    @Query() { pageSize, pageToken }: ObjectsQueryDto,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const caller = await this.callers.callerOf(request, id);
    response.vary('Accept');
    const isLines = request.accepts('application/json', NDJSON) === NDJSON;
    if (request.method === 'HEAD') {
      await this.list.check(caller, pageToken);
      response.type(isLines ? NDJSON : 'json').end();
    } else if (isLines) {
      await this.lines.send(caller, pageToken, response);
    } else {
      response.json(await this.list.page(caller, pageSize, pageToken));
    }
  }

  @Post(':id/credentials')
  @HttpCode(200)
  @Header('Cache-Control', 'private, no-store')
  @WithGrantToken()
  async issueCredentials(
    @Param('id', IdParam) id: string,
    @Req() request: Request,
  ): Promise<CredentialsView> {
    return this.credentials.issue(await this.callers.callerOf(request, id));
  }

  /** Serves HEAD too, as Express does for every GET. */
  @Get(':id/objects/*name')
  @WithGrantToken()
  async readObject(
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const caller = await this.callers.callerOf(request, id);
    const { method, headers, originalUrl } = request;
    const rawPath = rawObjectPath(originalUrl);
    await this.reading.answer(caller, { method, headers, rawPath }, response);
  }
}
