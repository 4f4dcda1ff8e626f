import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { principalOf } from '../identity/caller.decorator.js';
import { asWorking } from '../identity/working-for.js';
import { Public } from '../platform/web/access.js';
import { Views } from '../platform/web/views.js';
import { presentHome } from './home.presenter.js';
import { HomeService } from './home.service.js';
import { presentWaiting } from './waiting/waiting.presenter.js';
import { WaitingService } from './waiting/waiting.service.js';

/** The console's first page, and what everyone may read. */
@ApiExcludeController()
@Controller()
export class HomePages {
  constructor(
    private readonly home: HomeService,
    private readonly waiting: WaitingService,
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
    const [home, waiting] = await Promise.all([
      this.home.read(asWorking(request, principal)),
      this.waiting.read(principal),
    ]);
    const page = { ...presentHome(principal, home), waiting: presentWaiting(waiting) };
    this.views.render(response, 'console/views/home.njk', page);
  }

  @Get('accessibility')
  @Public()
  showAccessibility(@Res() response: Response): void {
    this.views.render(response, 'console/views/accessibility.njk', {});
  }
}
