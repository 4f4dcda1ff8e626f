import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../../platform/web/access.js';
import type { PageOf } from '../../platform/web/page-query.dto.js';
import type { AgreementTemplate } from './template.rules.js';
import { Templates } from './templates.js';

/** What a new agreement may start from. */
@ApiTags('agreements')
@Controller('api/v1/agreement-templates')
export class AgreementTemplatesApi {
  constructor(private readonly templates: Templates) {}

  /** Always one page: there are as many as files. */
  @Get()
  @Access('agreement:draft')
  list(): PageOf<AgreementTemplate> {
    return { items: this.templates.offered(), nextPageToken: null };
  }
}
