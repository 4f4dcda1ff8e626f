import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { CatalogueModule } from './catalogue.module.js';
import { SearchPages } from './search/search.pages.js';

/** The console's pages of the catalogue. */
@Module({ imports: [CatalogueModule, IdentityModule], controllers: [SearchPages] })
export class CataloguePagesModule {}
