import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { WhatIfDto } from './what-if.dto.js';
import { WhatIf, type WhatIfView } from './what-if.service.js';

@ApiTags('policy')
@Controller('api/v1/policy/what-if')
export class WhatIfApi {
  constructor(private readonly whatIf: WhatIf) {}

  @Post()
  @HttpCode(200)
  @Access('policy:what_if')
  simulate(@Caller() principal: Principal, @Body() dto: WhatIfDto): Promise<WhatIfView> {
    return this.whatIf.simulate(principal, dto);
  }
}
