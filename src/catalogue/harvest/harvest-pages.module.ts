import { Module } from '@nestjs/common';
import { IdentityModule } from '../../identity/identity.module.js';
import { HarvestModule } from './harvest.module.js';
import { HarvestPages } from './pages/harvest.pages.js';

/** The console's pages of harvesting. */
@Module({ imports: [HarvestModule, IdentityModule], controllers: [HarvestPages] })
export class HarvestPagesModule {}
