import { Module } from '@nestjs/common';
import { OrganisationsModule } from '../organisations/organisations.module.js';
import { ErasureModule } from './erasure.module.js';
import { HoldPages } from './pages/holds.pages.js';

/** The console's pages of the slice. */
@Module({ imports: [ErasureModule, OrganisationsModule], controllers: [HoldPages] })
export class ErasurePagesModule {}
