import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { principalOf } from '../identity/caller.decorator.js';
import { Public } from '../platform/web/access.js';
import { Views } from '../platform/web/views.js';
import { presentHome } from './home.presenter.js';
import { HomeService } from './home.service.js';

/** The console's first page, and what everyone may read. */
@ApiExcludeController()
@Controller()
export class HomePages {
  constructor(
    private readonly home: HomeService,
    private readonly views: Views,
  ) {}

  @Get()
  @Public()
  async show(@Req() request: Request, @Res() response: Response): Promise<void> {
    const principal = principalOf(request);
    if (!principal) {
      this.views.render(response, 'console/views/welcome.njk', {});
      return;
    }
    const page = presentHome(principal, await this.home.read(principal));
    this.views.render(response, 'console/views/home.njk', page);
  }

  @Get('accessibility')
  @Public()
  showAccessibility(@Res() response: Response): void {
    this.views.render(response, 'console/views/accessibility.njk', {});
  }
}
